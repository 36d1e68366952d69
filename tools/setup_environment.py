"""Create the virtual environment and install the package with its pinned requirements.

    python3 tools/setup_environment.py .venv

`make setup` calls this with whatever Python the machine has, so it is written for old ones too:
it needs only the standard library, and says what to install when something is missing.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
EXTRAS = "desk,postgres,mqtt,cluster,explain,sensors,weather,notebook,test,check,docs"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VERSION = "{}.{}".format(*sys.version_info[:2])


def stop(fault, remedy):
    """Say what is wrong and what to do about it, and end with exit code 1."""
    line = "-" * 78
    sys.stderr.write("\n{0}\nmake setup failed: {1}\n\n{2}\n{0}\n".format(line, fault, remedy))
    sys.exit(1)


def check_python():
    """Stop unless this Python is new enough and can make environments with pip inside."""
    if sys.version_info < OLDEST:
        stop(
            "{} is Python {}; overflight needs {}.{} or newer.".format(sys.executable, VERSION, *OLDEST),
            "Install a newer Python and name it, for example:  make PYTHON=python3.12 demo",
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            "this Python cannot make virtual environments (ensurepip is missing).",
            "On Debian and Ubuntu:  apt-get install python3-venv   (or python{}-venv)".format(VERSION),
        )


def version_of(python):
    """Return "3.12" for an interpreter, or None when it does not run."""
    code = "import sys; print('{}.{}'.format(*sys.version_info[:2]))"
    try:
        return subprocess.check_output([python, "-c", code], universal_newlines=True).strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def make_environment(folder):
    """Create the environment, or keep one that already has this version of Python."""
    python = os.path.join(folder, "Scripts" if os.name == "nt" else "bin", "python")
    if os.path.exists(folder):
        found = version_of(python)
        if found == VERSION:
            return python
        if not os.path.exists(os.path.join(folder, "pyvenv.cfg")):
            stop("{} exists and is not a virtual environment.".format(folder), "Move it away and run again.")
        what = (
            "its Python does not run" if found is None else "it has Python {}, not {}".format(found, VERSION)
        )
        print("Making {} again: {}.".format(folder, what))
        shutil.rmtree(folder)
    print("Creating {} with Python {} ...".format(folder, VERSION))
    if subprocess.call([sys.executable, "-m", "venv", folder]) != 0:
        shutil.rmtree(folder, ignore_errors=True)
        stop("python -m venv could not create {}.".format(folder), "The lines above say why.")
    return python


def install(python):
    """Install the pinned pip, then the package with all its extras."""
    print("Installing pinned packages (a minute or two the first time) ...")
    sys.stdout.flush()
    pins = os.path.join(ROOT, "constraints.txt")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    pip += ["--constraint", pins]
    package = "{}[{}]".format(ROOT, EXTRAS)
    # The pinned pip comes first: an older one cannot pin the build backend.
    for wanted in (["pip"], ["--build-constraint", pins, "--editable", package]):
        if subprocess.call(pip + wanted) != 0:
            stop(
                "pip could not install {}.".format(wanted[-1]),
                "The lines above say why. Without a network, or behind a proxy or mirror, set pip up for it\n"
                "first (pip help config). To start afresh, delete the environment and run again.",
            )


def main():
    """Check, create, install."""
    if len(sys.argv) != 2:
        sys.exit("usage: setup_environment.py FOLDER")
    check_python()
    install(make_environment(os.path.abspath(sys.argv[1])))
    print("Ready.")


if __name__ == "__main__":
    main()
