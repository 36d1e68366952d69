/* The floor under our kernels: the same right-hand sides, tableau, step control and event location in C.
 * Kept term for term with src/overflight/earth/kernels.py and src/overflight/flight/kernels_*.py; the fall
 * without its settled part: full equations to the ground. Built by floor.py, never shipped:
 * cc -O2 -ffp-contract=off -shared -fPIC floor.c -lm */
#include <math.h>
#include <string.h>

#define AIR_SCALE 60e3
#define AIR_CELLS 320
#define AIR_TOP 1000e3
#define LOWEST -5e3
#define AIR_PER_U (AIR_CELLS * (AIR_TOP + AIR_SCALE) / AIR_TOP)
#define FAIRING_FROM 30e3
#define REACH 100.0
#define POLAR 640.0
#define SHORTEST_REACH 20.0
#define NEAREST_ORBIT 0.01
#define NO_STEP_BEFORE -9.210340371976182
enum { END_S, THRUST, FLOW, NOZZLE, AREA, STEERING, START_S, PITCH, PITCH_RATE, HEADING, HEADING_RATE, EVENTS = 14, DROP, SLOT, PHASE };
enum { WIND, DENSITY, HEAT, ENERGY, FAIRING, STOP_S, GROUND, LOAD, BODY };
enum { HEAT_EVENT = 1, ENERGY_EVENT = 2, GROUND_EVENT = 4 };

typedef struct { const double *air, *drag, *earth; int drag_cells; } World;
typedef struct { double h, sl, cl, p; } Place;

static inline double cubic(const double *c, double f) { return c[0] + f * (c[1] + f * (c[2] + f * c[3])); }
static inline double mach_table(const World *w, double mach) {
  double u = mach * 10.0;
  if (!(u < w->drag_cells)) return cubic(w->drag + 4 * (w->drag_cells - 1), 1.0);
  int i = (int)u;
  return cubic(w->drag + 4 * i, u - i);
}
static inline Place geodetic(double x, double y, double z, const double *e) {
  double a = e[1], b = e[2], e2 = e[3], p2 = x * x + y * y + 1e-30, p = sqrt(p2), za = z * a, pb = p * b;
  double w = za * za + p2 * (b * b);
  w = 1.0 / (w * sqrt(w));
  double num = z + e[4] * b * (za * za * za * w), den = p - e2 * a * (pb * pb * pb * w);
  double square = num * num + den * den, norm = 1.0 / sqrt(square);
  Place out = {norm * (p * den + z * num - a * sqrt(square - e2 * (num * num))), num * norm, den * norm, p};
  return out;
}
static inline void gravity(double x, double y, double z, const double *e, double *g3) {
  double r2 = x * x + y * y + z * z, r = sqrt(r2), k = e[1] / r, u = z / r, s = u * u, q = k * k;
  double c2 = e[6] * q, c3 = e[7] * q * k, c4 = e[8] * q * q, c5 = e[9] * q * q * k, c6 = e[10] * q * q * q;
  double p3 = 7.5 * s - 1.5, p4 = u * (17.5 * s - 7.5), p5 = (39.375 * s - 26.25) * s + 1.875;
  double p6 = u * ((86.625 * s - 78.75) * s + 13.125), p7 = ((187.6875 * s - 216.5625) * s + 59.0625) * s - 2.1875;
  double along = c2 * p3 + c3 * p4 + c4 * p5 + c5 * p6 + c6 * p7, axial = c2 * (3.0 * u) + c3 * p3 + c4 * p4 + c5 * p5 + c6 * p6;
  double g = -e[0] / (r2 * r), f = g * (1.0 - along);
  g3[0] = f * x; g3[1] = f * y; g3[2] = f * z + g * r * axial;
}
static inline const double *cell(const World *w, double h, double *f) {
  h = h > LOWEST ? h : LOWEST;
  double u = AIR_PER_U * h / (h + AIR_SCALE); int i = (int)u;
  if (i < 0) i = 0;
  if (i > AIR_CELLS - 1) i = AIR_CELLS - 1;
  *f = u - i;
  return w->air + 20 * i;
}
static inline void relative(const double *r, const double *v, double sl, double cl, double so, double co, double we, double wn, const double *e, double *u) {
  double om = e[5], fade = fmin(1.0, POLAR * cl);
  we *= fade; wn *= fade;
  u[0] = v[0] + om * r[1] + we * so + wn * sl * co;
  u[1] = v[1] - om * r[0] - we * co + wn * sl * so;
  u[2] = v[2] - wn * cl;
}
static inline double length(const double *u) { return sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2]); }

/* accelerations a[3]; returns the height, *rate that of the drag */
static double rhs_fall(const double *r, const double *v, double *a, double ballistic, const double *body, const World *w, double *rate) {
  Place at = geodetic(r[0], r[1], r[2], w->earth);
  double k = 0.0;
  gravity(r[0], r[1], r[2], w->earth, a);
  if (at.h < AIR_TOP) {
    double f, u[3]; const double *c = cell(w, at.h, &f);
    double rho = exp(cubic(c, f)), sound = cubic(c + 4, f);
    relative(r, v, at.sl, at.cl, r[1] / at.p, r[0] / at.p, body[WIND] * cubic(c + 8, f), body[WIND] * cubic(c + 12, f), w->earth, u);
    double speed = length(u);
    k = rho * (0.5 * body[DENSITY] / ballistic) * speed * mach_table(w, speed / sound);
    a[0] -= k * u[0]; a[1] -= k * u[1]; a[2] -= k * u[2];
  }
  *rate = k;
  return at.h;
}
static void rhs_ascent(double t, const double *r, const double *v, double mass, double *a, const double *ph, const double *body, const World *w) {
  Place at = geodetic(r[0], r[1], r[2], w->earth);
  double so = r[1] / at.p, co = r[0] / at.p, thrust = ph[THRUST], u[3], speed;
  gravity(r[0], r[1], r[2], w->earth, a);
  if (at.h < AIR_TOP) {
    double f; const double *c = cell(w, at.h, &f);
    double rho = exp(cubic(c, f)), sound = cubic(c + 4, f);
    relative(r, v, at.sl, at.cl, so, co, body[WIND] * cubic(c + 8, f), body[WIND] * cubic(c + 12, f), w->earth, u);
    speed = length(u);
    double k = rho * (-0.5 * body[DENSITY] * ph[AREA] / mass) * speed;
    k *= mach_table(w, speed / sound);
    a[0] += k * u[0]; a[1] += k * u[1]; a[2] += k * u[2];
    if (thrust > 0.0) thrust -= exp(cubic(c + 16, f)) * ph[NOZZLE];
  } else {
    relative(r, v, at.sl, at.cl, so, co, 0.0, 0.0, w->earth, u);
    speed = length(u);
  }
  if (thrust > 0.0) {
    double k = thrust / mass;
    if (ph[STEERING] == 2.0) { k /= speed; a[0] += k * u[0]; a[1] += k * u[1]; a[2] += k * u[2]; }
    else {
      double angle = ph[PITCH] + ph[PITCH_RATE] * (t - ph[START_S]), si, ci;
      if (ph[STEERING] == 1.0) { ci = 1.0 / sqrt(1.0 + angle * angle); si = angle * ci; } else { si = sin(angle); ci = cos(angle); }
      double heading = ph[HEADING] + ph[HEADING_RATE] * (t - ph[START_S]);
      double east = ci * sin(heading), north = ci * cos(heading), radial = si * at.cl - north * at.sl;
      a[0] += k * (radial * co - east * so); a[1] += k * (radial * so + east * co); a[2] += k * (si * at.sl + north * at.cl);
    }
  }
}
static double heat_flux(const double *r, const double *v, const double *body, const World *w) {
  Place at = geodetic(r[0], r[1], r[2], w->earth);
  double f, u[3];
  if (at.h > AIR_TOP) return 0.0;
  const double *c = cell(w, at.h, &f);
  relative(r, v, at.sl, at.cl, r[1] / at.p, r[0] / at.p, 0.0, 0.0, w->earth, u);
  double speed = length(u);
  return 0.5 * exp(cubic(c, f)) * body[DENSITY] * speed * speed * speed;
}
static double event_ascent(const double *r, const double *v, int events, const double *body, const World *w) {
  double margin = 1.0;
  if (events & GROUND_EVENT) margin = (geodetic(r[0], r[1], r[2], w->earth).h - body[GROUND]) * 1e-3;
  if (events & HEAT_EVENT) margin = fmin(margin, heat_flux(r, v, body, w) / body[HEAT] - 1.0);
  if (events & ENERGY_EVENT) {
    double energy = 0.5 * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) - w->earth[0] / length(r);
    margin = fmin(margin, (body[ENERGY] - energy) * 1e-6);
  }
  return margin;
}
/* for how long an error of the velocity goes on moving the point of impact */
static double reach_s(const double *r, const double *v, double height, double rate, const double *e) {
  double square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2], distance = sqrt(square);
  double up = (r[0] * v[0] + r[1] * v[1] + r[2] * v[2]) / distance, level = v[0] * v[0] + v[1] * v[1] + v[2] * v[2] - up * up;
  double left = fmax(1.0 - level * distance / e[0], NEAREST_ORBIT), g = e[0] / square * left;
  double time = (up + sqrt(up * up + 2.0 * g * fmax(height, 0.0))) / g;
  return fmax(1.0 / (left / fmax(time, 1.0) + rate), SHORTEST_REACH);
}

/* Dormand-Prince 5(4) on vectors of three: k[0..6] are the slopes */
typedef double Slopes[7][3];
#define V for (int i = 0; i < 3; i++)
static inline void stage2(const double *y, double h, Slopes k, double *o) { double s = h * .2; V o[i] = y[i] + s * k[0][i]; }
static inline void stage3(const double *y, double h, Slopes k, double *o) { V o[i] = y[i] + h * (3. / 40 * k[0][i] + 9. / 40 * k[1][i]); }
static inline void stage4(const double *y, double h, Slopes k, double *o) { V o[i] = y[i] + h * (44. / 45 * k[0][i] + -56. / 15 * k[1][i] + 32. / 9 * k[2][i]); }
static inline void stage5(const double *y, double h, Slopes k, double *o) {
  V o[i] = y[i] + h * (19372. / 6561 * k[0][i] + -25360. / 2187 * k[1][i] + 64448. / 6561 * k[2][i] + -212. / 729 * k[3][i]);
}
static inline void stage6(const double *y, double h, Slopes k, double *o) {
  V o[i] = y[i] + h * (9017. / 3168 * k[0][i] + -355. / 33 * k[1][i] + 46732. / 5247 * k[2][i] + 49. / 176 * k[3][i] + -5103. / 18656 * k[4][i]);
}
static inline void solution(const double *y, double h, Slopes k, double *o) {
  V o[i] = y[i] + h * (35. / 384 * k[0][i] + 500. / 1113 * k[2][i] + 125. / 192 * k[3][i] + -2187. / 6784 * k[4][i] + 11. / 84 * k[5][i]);
}
static inline double squared_error(double h, Slopes k) {
  double e[3];
  V e[i] = h * (-71. / 57600 * k[0][i] + 71. / 16695 * k[2][i] + -71. / 1920 * k[3][i] + 17253. / 339200 * k[4][i] + -22. / 525 * k[5][i] + 1. / 40 * k[6][i]);
  return e[0] * e[0] + e[1] * e[1] + e[2] * e[2];
}
static inline double error_norm(double h, Slopes slopes, Slopes pulls, double reach) {
  return sqrt((squared_error(h, slopes) + reach * reach * squared_error(h, pulls)) / 6.0);
}
static inline double grow(double error, double *before) {
  double now = log(fmax(error, 1e-4)), factor = fmin(5.0, 0.9 * exp(0.04 * *before - 0.17 * now));
  *before = now;
  return factor;
}
static inline double shrink(double error) { double f = 0.9 * pow(error, -0.2); return f > 0.2 ? f : 0.2; }
static const double D[6][3] = {
  {-8048581381. / 2820520608, 8663915743. / 2820520608, -12715105075. / 11282082432},
  {131558114200. / 32700410799, -68118460800. / 10900136933, 87487479700. / 32700410799},
  {-1754552775. / 470086768, 14199869525. / 1410260304, -10690763975. / 1880347072},
  {127303824393. / 49829197408, -318862633887. / 49829197408, 701980252875. / 199316789632},
  {-282668133. / 205662961, 2019193451. / 616988883, -1453857185. / 822651844},
  {40617522. / 29380423, -110615467. / 29380423, 69997945. / 29380423}};
static void dense_weights(double th, double *w) {
  double t2 = th * th, t3 = t2 * th, t4 = t3 * th;
  w[0] = th + D[0][0] * t2 + D[0][1] * t3 + D[0][2] * t4;
  for (int j = 1; j < 6; j++) w[j] = D[j][0] * t2 + D[j][1] * t3 + D[j][2] * t4;
}
static void dense(const double *y, double h, const double *w, Slopes k, double *o) {
  V o[i] = y[i] + h * (w[0] * k[0][i] + w[1] * k[2][i] + w[2] * k[3][i] + w[3] * k[4][i] + w[4] * k[5][i] + w[5] * k[6][i]);
}
typedef struct { double theta, low, high, g0, g1; int side; } Bracket;
static void illinois(Bracket *b, double g) {
  if (g > 0.0) { b->low = b->theta; b->g0 = g; if (b->side == 1) b->g1 *= .5; b->side = 1; }
  else { b->high = b->theta; b->g1 = g; if (b->side == -1) b->g0 *= .5; b->side = -1; }
}

/* one phase: returns the time; *hit an event */
static double powered(double t, double *r, double *v, double *mass, double t_end, double *step, double tol, const double *ph, int events, const double *body, const World *w, int *hit) {
  Slopes kr, kv; double h = *step, r7[3], v7[3], s[3], wt[6], before = NO_STEP_BEFORE;
  double g0 = event_ascent(r, v, events, body, w);
  *hit = g0 <= 0.0;
  if (*hit) return t;
  rhs_ascent(t, r, v, *mass, kv[0], ph, body, w);
  for (;;) {
    int last = t + h >= t_end - 1e-9;
    double hs = last ? t_end - t : h, loss = hs * ph[FLOW], m = *mass;
    memcpy(kr[0], v, sizeof kr[0]);
    stage2(r, hs, kr, s); stage2(v, hs, kv, kr[1]); rhs_ascent(t + .2 * hs, s, kr[1], m - .2 * loss, kv[1], ph, body, w);
    stage3(r, hs, kr, s); stage3(v, hs, kv, kr[2]); rhs_ascent(t + .3 * hs, s, kr[2], m - .3 * loss, kv[2], ph, body, w);
    stage4(r, hs, kr, s); stage4(v, hs, kv, kr[3]); rhs_ascent(t + .8 * hs, s, kr[3], m - .8 * loss, kv[3], ph, body, w);
    stage5(r, hs, kr, s); stage5(v, hs, kv, kr[4]); rhs_ascent(t + 8. / 9 * hs, s, kr[4], m - 8. / 9 * loss, kv[4], ph, body, w);
    stage6(r, hs, kr, s); stage6(v, hs, kv, kr[5]); rhs_ascent(t + hs, s, kr[5], m - loss, kv[5], ph, body, w);
    solution(r, hs, kr, r7); solution(v, hs, kv, v7); rhs_ascent(t + hs, r7, v7, m - loss, kv[6], ph, body, w);
    memcpy(kr[6], v7, sizeof kr[6]);
    double error = error_norm(hs, kr, kv, REACH) / tol;
    if (!(error < 1.0)) { h = hs * shrink(error); continue; }
    double g1 = event_ascent(r7, v7, events, body, w), t_new = last ? t_end : t + hs, passed = hs;
    *hit = g1 <= 0.0;
    if (*hit) {
      Bracket b = {1.0, 0.0, 1.0, g0, g1, 0};
      for (int k = 0; k < 60; k++) {
        b.theta = (b.low * b.g1 - b.high * b.g0) / (b.g1 - b.g0);
        dense_weights(b.theta, wt); dense(r, hs, wt, kr, r7); dense(v, hs, wt, kv, v7);
        double g = event_ascent(r7, v7, events, body, w);
        illinois(&b, g);
        if ((b.high - b.low) * hs < 1e-9 || fabs(g) < 1e-13) break;
      }
      passed = b.theta * hs;
      t_new = t + passed;
    }
    *mass -= passed * ph[FLOW];
    memcpy(r, r7, sizeof r7); memcpy(v, v7, sizeof v7); memcpy(kv[0], kv[6], sizeof kv[0]);
    if (*hit) { *step = h; return t_new; }
    double larger = hs * grow(error, &before);
    if (last) { *step = fmax(h, fmin(larger, 5.0 * hs)); return t_new; }
    t = t_new; g0 = g1; h = larger;
  }
}
static double falling(double t, double *r, double *v, double t_end, double tol, double ballistic, const double *body, const World *w) {
  Slopes kr, kv; double h = .1, r7[3], v7[3], s[3], wt[6], rate, none, before = NO_STEP_BEFORE;
  double height = rhs_fall(r, v, kv[0], ballistic, body, w, &rate), g0 = height - body[GROUND];
  if (g0 <= 0.0 || t >= t_end) return t;
  double reach = reach_s(r, v, height, rate, w->earth);
  for (;;) {
    int last = t + h >= t_end;
    if (last) h = t_end - t;
    memcpy(kr[0], v, sizeof kr[0]);
    stage2(r, h, kr, s); stage2(v, h, kv, kr[1]); rhs_fall(s, kr[1], kv[1], ballistic, body, w, &none);
    stage3(r, h, kr, s); stage3(v, h, kv, kr[2]); rhs_fall(s, kr[2], kv[2], ballistic, body, w, &none);
    stage4(r, h, kr, s); stage4(v, h, kv, kr[3]); rhs_fall(s, kr[3], kv[3], ballistic, body, w, &none);
    stage5(r, h, kr, s); stage5(v, h, kv, kr[4]); rhs_fall(s, kr[4], kv[4], ballistic, body, w, &none);
    stage6(r, h, kr, s); stage6(v, h, kv, kr[5]); rhs_fall(s, kr[5], kv[5], ballistic, body, w, &none);
    solution(r, h, kr, r7); solution(v, h, kv, v7); height = rhs_fall(r7, v7, kv[6], ballistic, body, w, &rate);
    memcpy(kr[6], v7, sizeof kr[6]);
    double error = error_norm(h, kr, kv, reach) / tol;
    if (!(error < 1.0)) { h *= shrink(error); continue; }
    double g1 = height - body[GROUND], t_new = last ? t_end : t + h;
    int hit = g1 <= 0.0;
    if (hit) {
      Bracket b = {1.0, 0.0, 1.0, g0, g1, 0};
      for (int k = 0; k < 60; k++) {
        b.theta = (b.low * b.g1 - b.high * b.g0) / (b.g1 - b.g0);
        dense_weights(b.theta, wt); dense(r, h, wt, kr, r7);
        double g = geodetic(r7[0], r7[1], r7[2], w->earth).h - body[GROUND];
        illinois(&b, g);
        if ((b.high - b.low) * h < 1e-9 || fabs(g) < 1e-7) break;
      }
      dense(v, h, wt, kv, v7);
      t_new = t + b.theta * h;
    }
    memcpy(r, r7, sizeof r7); memcpy(v, v7, sizeof v7); memcpy(kv[0], kv[6], sizeof kv[0]);
    t = t_new; g0 = g1;
    if (hit || last) return t;
    reach = reach_s(r, v, height, rate, w->earth);
    h *= grow(error, &before);
  }
}

/* ends (n, 8): time, place, velocity, mass */
void fly(int n, int phases, const double *starts, const double *phase, const double *bodies, double tol, const double *air,
    const double *drag, int cells, const double *earth, double *ends) {
  World w = {air, drag, earth, cells};
  for (int i = 0; i < n; i++) {
    double r[3], v[3], mass = starts[7 * i + 6], t = 0, h = .5; const double *body = bodies + BODY * i;
    int fairing = body[FAIRING] > 0, done = 0;
    memcpy(r, starts + 7 * i, sizeof r); memcpy(v, starts + 7 * i + 3, sizeof v);
    for (int s = 0; s < phases && !done; s++) {
      const double *ph = phase + PHASE * (phases * (long)i + s);
      int events = (int)ph[EVENTS], hit = 0;
      if (events & HEAT_EVENT && !fairing) events -= HEAT_EVENT;
      double te = fmin(ph[END_S], body[STOP_S]);
      while (t < te && !done) {
        if (events & HEAT_EVENT && heat_flux(r, v, body, &w) <= body[HEAT]) {
          if (geodetic(r[0], r[1], r[2], earth).h > FAIRING_FROM) { mass -= body[FAIRING]; fairing = 0; }
          events -= HEAT_EVENT;
        }
        h = fmin(h, 1.0);
        t = powered(t, r, v, &mass, te, &h, tol, ph, events, body, &w, &hit);
        if (hit && events & HEAT_EVENT && heat_flux(r, v, body, &w) <= body[HEAT] * (1.0 + 1e-6)) { mass -= body[FAIRING]; fairing = 0; events -= HEAT_EVENT; }
        else if (hit) done = 1;
      }
      if (done || body[STOP_S] <= ph[END_S]) break;
      if (ph[DROP] > 0) mass -= ph[DROP];
    }
    ends[8 * i] = t; ends[8 * i + 7] = mass;
    memcpy(ends + 8 * i + 1, r, sizeof r); memcpy(ends + 8 * i + 4, v, sizeof v);
  }
}
/* ends (n, 7): time, place, velocity */
void fall(int n, const double *start, const double *states, const double *beta, const double *bodies, double t_end, double tol,
    const double *air, const double *drag, int cells, const double *earth, double *ends) {
  World w = {air, drag, earth, cells};
  for (int i = 0; i < n; i++) {
    double r[3], v[3];
    memcpy(r, states + 6 * i, sizeof r); memcpy(v, states + 6 * i + 3, sizeof v);
    ends[7 * i] = falling(start[i], r, v, t_end, tol, beta[i], bodies + BODY * i, &w);
    memcpy(ends + 7 * i + 1, r, sizeof r); memcpy(ends + 7 * i + 4, v, sizeof v);
  }
}
