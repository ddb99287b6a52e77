/* The limit: the columns of both sheets as a programmer would write them by hand, one loop a sheet, into memory. */
#include <math.h>

void basic_sgd(long rows, const double *x, const double *y, double **columns)
{
    double *c = columns[0], *d = columns[1], *e = columns[2], *f = columns[3], *g = columns[4], *h = columns[5];
    double *i = columns[6], *j = columns[7], *k = columns[8], *l = columns[9], *m = columns[10], *n = columns[11];
    double intercept = 1.0, slope = 1.0;
    const double rate = 0.0001;
    for (long r = 0; r < rows; r++) {
        double up, side;
        c[r] = intercept;
        d[r] = slope;
        e[r] = intercept + slope * x[r];
        f[r] = (y[r] - e[r]) * (y[r] - e[r]);
        up = ((intercept + 0.01) + x[r] * slope) - y[r];
        g[r] = up * up;
        h[r] = (g[r] - f[r]) / 0.01;
        side = ((slope + 0.01) * x[r] + intercept) - y[r];
        i[r] = side * side;
        j[r] = (i[r] - f[r]) / 0.01;
        k[r] = 2 * (e[r] - y[r]);
        l[r] = k[r] * x[r];
        m[r] = slope - l[r] * rate;
        n[r] = intercept - k[r] * rate;
        slope = m[r];
        intercept = n[r];
    }
}

void adam(long rows, const double *x, const double *y, double **columns)
{
    double *c = columns[0], *d = columns[1], *e = columns[2], *f = columns[3], *g = columns[4], *h = columns[5];
    double *i = columns[6], *j = columns[7], *k = columns[8], *l = columns[9], *m = columns[10];
    double b = 1.0, a = 1.0, mean_b = 0.0, mean_a = 0.0, square_b = 0.0, square_a = 0.0;
    const double rate = 0.1;
    for (long r = 0; r < rows; r++) {
        c[r] = b;
        d[r] = a;
        e[r] = b + a * x[r];
        f[r] = 2 * (a * x[r] + b - y[r]);
        g[r] = f[r] * x[r];
        j[r] = mean_b * 0.7 + 0.3 * f[r];
        k[r] = mean_a * 0.7 + 0.3 * g[r];
        l[r] = square_b * 0.9 + 0.1 * (f[r] * f[r]);
        m[r] = square_a * 0.9 + 0.1 * (g[r] * g[r]);
        h[r] = b - j[r] * rate / sqrt(l[r]);
        i[r] = a - k[r] * rate / sqrt(m[r]);
        b = h[r];
        a = i[r];
        mean_b = j[r];
        mean_a = k[r];
        square_b = l[r];
        square_a = m[r];
    }
}
