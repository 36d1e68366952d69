/* The floor under our kernels: the same right-hand sides, tableau, step control and event location in C.
 * Kept term for term with src/overflight/earth/kernels.py and src/overflight/flight/kernels_*.py (the fall
 * without its settled part). Built by bench_floor.py: cc -O2 -shared -fPIC floor.c -lm. Never shipped. */
#include <math.h>
#include <string.h>

#define AIR_SCALE 60e3
#define AIR_CELLS 320
#define AIR_TOP 1000e3
#define AIR_PER_U (AIR_CELLS * (AIR_TOP + AIR_SCALE) / AIR_TOP)
enum { END_S, THRUST, FLOW, NOZZLE, AREA, STEERING, START_S, PITCH, PITCH_RATE, HEADING, HEADING_RATE, EVENTS, DROP, SLOT, PHASE };
enum { WIND, DENSITY, HEAT, ENERGY, FAIRING, STOP_S, GROUND, BODY };
enum { HEAT_EVENT = 1, ENERGY_EVENT = 2, GROUND_EVENT = 4 };

typedef struct { const double *air, *drag, *earth; int drag_cells; } World;

static inline double cubic(const double *c, double f) { return c[0] + f * (c[1] + f * (c[2] + f * c[3])); }
static inline double mach_table(const World *w, double mach) {
  double u = mach * 10.0; int i = (int)u;
  if (i > w->drag_cells - 1) return cubic(w->drag + 4 * (w->drag_cells - 1), 1.0);
  return cubic(w->drag + 4 * i, u - i);
}
static inline double geodetic(double x, double y, double z, const double *e, double *sl, double *cl, double *p) {
  double a = e[1], b = e[2], e2 = e[3];
  *p = sqrt(x * x + y * y + 1e-30);
  double t = z * a / (*p * b), cb = 1.0 / sqrt(1.0 + t * t), sb = t * cb;
  double num = z + e[4] * b * sb * sb * sb, den = *p - e2 * a * cb * cb * cb, norm = 1.0 / sqrt(num * num + den * den);
  *sl = num * norm; *cl = den * norm;
  return *p * *cl + z * *sl - a * sqrt(1.0 - e2 * *sl * *sl);
}
static inline void gravity(double x, double y, double z, const double *e, double *g3) {
  double r2 = x * x + y * y + z * z, g = -e[0] / (r2 * sqrt(r2)), q = 1.5 * e[6] * e[1] * e[1] / r2, w = 5.0 * z * z / r2;
  double s = g * (1.0 + q * (1.0 - w));
  g3[0] = s * x; g3[1] = s * y; g3[2] = g * z * (1.0 + q * (3.0 - w));
}
static inline const double *cell(const World *w, double h, double *f) {
  double u = AIR_PER_U * h / (h + AIR_SCALE); int i = (int)u;
  if (i < 0) i = 0;
  if (i > AIR_CELLS - 1) i = AIR_CELLS - 1;
  *f = u - i;
  return w->air + 20 * i;
}
static inline void relative(const double *y, double sl, double cl, double so, double co, double we, double wn, const double *e, double *u) {
  double om = e[5];
  u[0] = y[3] + om * y[1] + we * so + wn * sl * co;
  u[1] = y[4] - om * y[0] - we * co + wn * sl * so;
  u[2] = y[5] - wn * cl;
}
static void rhs_fall(double t, const double *y, double *d, double ballistic, const double *body, const World *w) {
  double a[3], sl, cl, p, u[3], f; (void)t;
  gravity(y[0], y[1], y[2], w->earth, a);
  double h = geodetic(y[0], y[1], y[2], w->earth, &sl, &cl, &p);
  if (h < AIR_TOP) {
    const double *c = cell(w, h, &f);
    double rho = exp(cubic(c, f)), sound = cubic(c + 4, f);
    relative(y, sl, cl, y[1] / p, y[0] / p, body[WIND] * cubic(c + 8, f), body[WIND] * cubic(c + 12, f), w->earth, u);
    double v = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
    double k = -0.5 * rho * body[DENSITY] * v * mach_table(w, v / sound) / ballistic;
    a[0] += k * u[0]; a[1] += k * u[1]; a[2] += k * u[2];
  }
  d[0] = y[3]; d[1] = y[4]; d[2] = y[5]; d[3] = a[0]; d[4] = a[1]; d[5] = a[2];
}
static void rhs_ascent(double t, const double *y, double *d, const double *ph, const double *body, const World *w) {
  double a[3], sl, cl, p, u[3], f, v, thrust = ph[THRUST], mass = y[6];
  gravity(y[0], y[1], y[2], w->earth, a);
  double h = geodetic(y[0], y[1], y[2], w->earth, &sl, &cl, &p), so = y[1] / p, co = y[0] / p;
  if (h < AIR_TOP) {
    const double *c = cell(w, h, &f);
    double rho = exp(cubic(c, f)), sound = cubic(c + 4, f);
    relative(y, sl, cl, so, co, body[WIND] * cubic(c + 8, f), body[WIND] * cubic(c + 12, f), w->earth, u);
    v = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
    double k = -0.5 * rho * body[DENSITY] * v * (ph[AREA] * mach_table(w, v / sound)) / mass;
    a[0] += k * u[0]; a[1] += k * u[1]; a[2] += k * u[2];
    if (thrust > 0.0) thrust -= exp(cubic(c + 16, f)) * ph[NOZZLE];
  } else {
    relative(y, sl, cl, so, co, 0.0, 0.0, w->earth, u);
    v = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
  }
  if (thrust > 0.0) {
    double k = thrust / mass;
    if (ph[STEERING] == 2.0) { k /= v; a[0] += k * u[0]; a[1] += k * u[1]; a[2] += k * u[2]; }
    else {
      double angle = ph[PITCH] + ph[PITCH_RATE] * (t - ph[START_S]), si, ci;
      if (ph[STEERING] == 1.0) { ci = 1.0 / sqrt(1.0 + angle * angle); si = angle * ci; } else { si = sin(angle); ci = cos(angle); }
      double heading = ph[HEADING] + ph[HEADING_RATE] * (t - ph[START_S]);
      double east = ci * sin(heading), north = ci * cos(heading), radial = si * cl - north * sl;
      a[0] += k * (radial * co - east * so); a[1] += k * (radial * so + east * co); a[2] += k * (si * sl + north * cl);
    }
  }
  d[0] = y[3]; d[1] = y[4]; d[2] = y[5]; d[3] = a[0]; d[4] = a[1]; d[5] = a[2]; d[6] = -ph[FLOW];
}
static double heat_flux(const double *y, const double *body, const World *w) {
  double sl, cl, p, u[3], f, h = geodetic(y[0], y[1], y[2], w->earth, &sl, &cl, &p);
  if (h > AIR_TOP) return 0.0;
  const double *c = cell(w, h, &f);
  relative(y, sl, cl, y[1] / p, y[0] / p, 0.0, 0.0, w->earth, u);
  double v = sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]);
  return 0.5 * exp(cubic(c, f)) * body[DENSITY] * v * v * v;
}
static double event(int fall, const double *y, const double *ph, const double *body, const World *w) {
  double sl, cl, p;
  if (fall) return geodetic(y[0], y[1], y[2], w->earth, &sl, &cl, &p) - body[GROUND];
  int mask = (int)ph[EVENTS]; double margin = 1.0;
  if (mask & GROUND_EVENT) margin = (geodetic(y[0], y[1], y[2], w->earth, &sl, &cl, &p) - body[GROUND]) * 1e-3;
  if (mask & HEAT_EVENT) margin = fmin(margin, heat_flux(y, body, w) / body[HEAT] - 1.0);
  if (mask & ENERGY_EVENT) {
    double r = sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2]);
    double energy = 0.5 * (y[3] * y[3] + y[4] * y[4] + y[5] * y[5]) - w->earth[0] / r;
    margin = fmin(margin, (body[ENERGY] - energy) * 1e-6);
  }
  return margin;
}
static const double P[7][4] = {
  {1, -8048581381. / 2820520608, 8663915743. / 2820520608, -12715105075. / 11282082432}, {0, 0, 0, 0},
  {0, 131558114200. / 32700410799, -68118460800. / 10900136933, 87487479700. / 32700410799},
  {0, -1754552775. / 470086768, 14199869525. / 1410260304, -10690763975. / 1880347072},
  {0, 127303824393. / 49829197408, -318862633887. / 49829197408, 701980252875. / 199316789632},
  {0, -282668133. / 205662961, 2019193451. / 616988883, -1453857185. / 822651844},
  {0, 40617522. / 29380423, -110615467. / 29380423, 69997945. / 29380423}};
static inline void dense(int n, double K[7][7], const double *y, double h, double th, double *o) {
  double t2 = th * th, t3 = t2 * th, t4 = t3 * th;
  for (int i = 0; i < n; i++) {
    double s = 0;
    for (int j = 0; j < 7; j++) if (j != 1) s += K[j][i] * (P[j][0] * th + P[j][1] * t2 + P[j][2] * t3 + P[j][3] * t4);
    o[i] = y[i] + h * s;
  }
}
#define RHS(T, Y, D) do { if (fall) rhs_fall(T, Y, D, ballistic, body, w); else rhs_ascent(T, Y, D, ph, body, w); } while (0)
/* one phase, or one fall: returns the time; *code 0 end, 1 event */
static inline __attribute__((always_inline)) double run(const int fall, const int n, double t, double *y, double t_end, double *step,
    double tol, const double *ph, double ballistic, const double *body, const World *w, int *code) {
  double K[7][7], s[7], z[7], o[7], h = *step, per = 1.0 / tol;
  RHS(t, y, K[0]);
  double g0 = event(fall, y, ph, body, w);
  for (;;) {
    double hs = h; int last = 0;
    if (t + h >= t_end - (fall ? 0.0 : 1e-9)) { hs = t_end - t; last = 1; }
    for (int i = 0; i < n; i++) s[i] = y[i] + hs * .2 * K[0][i];
    RHS(t + .2 * hs, s, K[1]);
    for (int i = 0; i < n; i++) s[i] = y[i] + hs * (3. / 40 * K[0][i] + 9. / 40 * K[1][i]);
    RHS(t + .3 * hs, s, K[2]);
    for (int i = 0; i < n; i++) s[i] = y[i] + hs * (44. / 45 * K[0][i] - 56. / 15 * K[1][i] + 32. / 9 * K[2][i]);
    RHS(t + .8 * hs, s, K[3]);
    for (int i = 0; i < n; i++) s[i] = y[i] + hs * (19372. / 6561 * K[0][i] - 25360. / 2187 * K[1][i] + 64448. / 6561 * K[2][i] - 212. / 729 * K[3][i]);
    RHS(t + 8. / 9 * hs, s, K[4]);
    for (int i = 0; i < n; i++) s[i] = y[i] + hs * (9017. / 3168 * K[0][i] - 355. / 33 * K[1][i] + 46732. / 5247 * K[2][i] + 49. / 176 * K[3][i] - 5103. / 18656 * K[4][i]);
    RHS(t + hs, s, K[5]);
    for (int i = 0; i < n; i++) z[i] = y[i] + hs * (35. / 384 * K[0][i] + 500. / 1113 * K[2][i] + 125. / 192 * K[3][i] - 2187. / 6784 * K[4][i] + 11. / 84 * K[5][i]);
    RHS(t + hs, z, K[6]);
    double e = 0;
    for (int i = 0; i < 6; i++) {
      double x = hs * (-71. / 57600 * K[0][i] + 71. / 16695 * K[2][i] - 71. / 1920 * K[3][i] + 17253. / 339200 * K[4][i] - 22. / 525 * K[5][i] + 1. / 40 * K[6][i]);
      x *= i < 3 ? per : per * 100.0; e += x * x;
    }
    e = sqrt(e / 6);
    if (e < 1.0) {
      double g1 = event(fall, z, ph, body, w), t_new = last ? t_end : t + hs;
      int hit = g0 > 0.0 && g1 <= 0.0;
      if (hit) {
        double lo = 0, hi = 1, a = g0, b = g1, th = 1, small = fall ? 1e-7 : 1e-13; int side = 0;
        for (int k = 0; k < 60; k++) {
          th = (lo * b - hi * a) / (b - a);
          dense(n, K, y, hs, th, o);
          double g = event(fall, o, ph, body, w);
          if (g > 0) { lo = th; a = g; if (side == 1) b *= .5; side = 1; } else { hi = th; b = g; if (side == -1) a *= .5; side = -1; }
          if ((hi - lo) * hs < 1e-9 || fabs(g) < small) break;
        }
        dense(n, K, y, hs, th, o);
        t_new = t + th * hs;
      }
      for (int i = 0; i < n; i++) { y[i] = hit ? o[i] : z[i]; K[0][i] = K[6][i]; }
      t = t_new; g0 = g1;
      double larger = hs * (e < 1e-5 ? 5.0 : fmin(5.0, .9 * pow(e, -.2)));
      if (hit) { *code = 1; *step = h; return t; }
      if (last) { *code = 0; *step = fmax(h, fmin(larger, 5.0 * hs)); return t; }
      h = larger;
    } else {
      double shrink = .9 * pow(e, -.2);
      h = hs * (shrink > .2 ? shrink : .2);
    }
  }
}
static double powered(double t, double *y, double te, double *h, double tol, const double *ph, const double *b, const World *w, int *c) { return run(0, 7, t, y, te, h, tol, ph, 0.0, b, w, c); }
static double falling(double t, double *y, double te, double *h, double tol, double beta, const double *b, const World *w, int *c) { return run(1, 6, t, y, te, h, tol, 0, beta, b, w, c); }

void fly(int n, int phases, const double *starts, const double *phase, const double *bodies, double tol, const double *air,
    const double *drag, int cells, const double *earth, double *ends) {
  World w = {air, drag, earth, cells};
  for (int i = 0; i < n; i++) {
    double y[7], t = 0, h = .5, ph[PHASE]; const double *body = bodies + BODY * i; int fairing = body[FAIRING] > 0, done = 0;
    memcpy(y, starts + 7 * i, sizeof y);
    for (int s = 0; s < phases && !done; s++) {
      memcpy(ph, phase + PHASE * (phases * (long)i + s), sizeof ph);
      int events = (int)ph[EVENTS];
      if (events & HEAT_EVENT && !fairing) events -= HEAT_EVENT;
      double te = fmin(ph[END_S], body[STOP_S]);
      while (t < te) {
        if (events & HEAT_EVENT && heat_flux(y, body, &w) <= body[HEAT]) { y[6] -= body[FAIRING]; fairing = 0; events -= HEAT_EVENT; }
        ph[EVENTS] = events; h = fmin(h, 1.0);
        int code; t = powered(t, y, te, &h, tol, ph, body, &w, &code);
        if (code == 1) {
          if (events & HEAT_EVENT && heat_flux(y, body, &w) <= body[HEAT] * (1.0 + 1e-6)) { y[6] -= body[FAIRING]; fairing = 0; events -= HEAT_EVENT; continue; }
          done = 1; break;
        }
      }
      if (done || body[STOP_S] <= ph[END_S]) break;
      if (ph[DROP] > 0) y[6] -= ph[DROP];
    }
    ends[8 * i] = t; memcpy(ends + 8 * i + 1, y, sizeof y);
  }
}
void fall(int n, const double *start, const double *states, const double *beta, const double *bodies, double t_end, double tol,
    const double *air, const double *drag, int cells, const double *earth, double *ends) {
  World w = {air, drag, earth, cells};
  for (int i = 0; i < n; i++) {
    double y[6], h = .1; int code;
    memcpy(y, states + 6 * i, sizeof y);
    ends[7 * i] = falling(start[i], y, t_end, &h, tol, beta[i], bodies + BODY * i, &w, &code);
    memcpy(ends + 7 * i + 1, y, sizeof y);
  }
}
