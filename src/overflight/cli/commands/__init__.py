"""One module a command, named like it: a function of that name, or a Typer ``group`` of commands."""
