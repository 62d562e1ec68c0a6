"""Shared drawing helpers for the sample pictures and films: noise, gradients, layers."""
import math
import cairocffi as cairo
import numpy as np
from scipy import ndimage as ndi


def rgb(h):
    h = h.lstrip("#")
    return np.array([int(h[i:i + 2], 16) / 255 for i in (0, 2, 4)], np.float32)


def noise(h, w, beta=2.0, sx=1.0, sy=1.0, seed=0):
    """Periodic fractal noise in 0..1; sx > 1 stretches it sideways."""
    r = np.random.default_rng(seed)
    f = np.fft.rfft2(r.standard_normal((h, w)).astype(np.float32))
    ky = np.fft.fftfreq(h)[:, None] * h * sy
    kx = np.fft.rfftfreq(w)[None, :] * w * sx
    f *= (kx ** 2 + ky ** 2 + 4.0) ** (-beta / 2)
    f[0, 0] = 0
    n = np.fft.irfft2(f, s=(h, w))
    lo, hi = np.percentile(n, [0.5, 99.5])
    return np.clip((n - lo) / (hi - lo), 0, 1).astype(np.float32)


def noise1(n, beta, seed):
    r = np.random.default_rng(seed)
    f = np.fft.rfft(r.standard_normal(n))
    k = np.arange(len(f))
    f = f * (k + 1.5) ** (-beta)
    f[0] = 0
    v = np.fft.irfft(f, n)
    return (v / np.abs(v).max()).astype(np.float32)


def vgrad(h, w, stops):
    t = np.linspace(0, 1, h)
    p = [s[0] for s in stops]
    c = np.array([rgb(s[1]) for s in stops])
    col = np.stack([np.interp(t, p, c[:, i]) for i in range(3)], -1).astype(np.float32)
    return np.repeat(col[:, None, :], w, 1)


def smooth(a, b, x):
    t = np.clip((x - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def mix(img, col, a):
    a = np.asarray(a, np.float32)
    if a.ndim == 2:
        a = a[..., None]
    return img * (1 - a) + col * a


def screen(img, col, a):
    a = np.asarray(a, np.float32)
    if a.ndim == 2:
        a = a[..., None]
    return 1 - (1 - np.clip(img, 0, 1)) * (1 - np.clip(col * a, 0, 1))


class Layer:
    """A Cairo layer the size of the picture; over() lays it on a float picture."""

    def __init__(self, h, w):
        self.h, self.w = h, w
        self.buf = np.zeros((h, w, 4), np.uint8)
        s = cairo.ImageSurface(cairo.FORMAT_ARGB32, w, h, data=memoryview(self.buf).cast("B"), stride=w * 4)
        self.s, self.c = s, cairo.Context(s)

    def rgba(self):
        self.s.flush()
        a = self.buf.astype(np.float32) / 255
        return a[..., [2, 1, 0]], a[..., 3]

    def over(self, img, alpha=1.0, blur=0):
        c, a = self.rgba()
        if blur:
            c = ndi.gaussian_filter(c, (blur, blur, 0))
            a = ndi.gaussian_filter(a, blur)
        return img * (1 - a[..., None] * alpha) + c * alpha

    def mask(self):
        return self.rgba()[1]


def src(c, h, a=1.0):
    r = rgb(h)
    c.set_source_rgba(float(r[0]), float(r[1]), float(r[2]), a)


def lin(x0, y0, x1, y1, *stops):
    g = cairo.LinearGradient(x0, y0, x1, y1)
    for p, h, *a in stops:
        r = rgb(h)
        g.add_color_stop_rgba(p, float(r[0]), float(r[1]), float(r[2]), a[0] if a else 1)
    return g


def poly(c, pts, close=True):
    for i, (x, y) in enumerate(pts):
        (c.move_to if i == 0 else c.line_to)(float(x), float(y))
    if close:
        c.close_path()


def spline(c, pts, close=False, move=True):
    """Catmull-Rom curve through the points."""
    n = len(pts)
    g = (lambda i: pts[i % n]) if close else (lambda i: pts[min(max(i, 0), n - 1)])
    if move:
        c.move_to(*g(0))
    for i in range(n if close else n - 1):
        p0, p1, p2, p3 = g(i - 1), g(i), g(i + 1), g(i + 2)
        c.curve_to(p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6,
                   p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6, p2[0], p2[1])
    if close:
        c.close_path()


def waves(h, w, hor, seed=1, phase=0.0, size=1.0):
    """Perspective wave field below the horizon: returns (depth 0..1, slope -1..1)."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    d = np.clip((y - hor) / (h - hor), 0, 1)
    v = 1 / (d + 0.06)
    n = noise(512, 512, 1.5, 2.2, 0.55, seed)
    n = n - ndi.gaussian_filter(n, (8, 8), mode="wrap")
    u = (x - w / 2) / w * v * 95 / size
    vv = v * 95 / size + phase
    s = ndi.map_coordinates(n, [vv % 512, (u + phase * 0.4) % 512], order=1, mode="grid-wrap")
    s /= np.abs(n).max() * 0.55
    return d, np.clip(s, -1, 1) * smooth(0, 0.10, d)


def reflect(img, hor, d, s, tint, amount=0.55, disp=38, bottom=None):
    """The sea as a broken mirror of what stands above the horizon."""
    h, w = img.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    ry = np.clip(hor - (y - hor) * 0.9 + s * disp * (0.25 + d), 0, hor - 1)
    rx = np.clip(x + s * 10 * d, 0, w - 1)
    ref = np.stack([ndi.map_coordinates(img[..., i], [ry, rx], order=1) for i in range(3)], -1)
    t = vgrad(h, w, tint)
    k = amount * (1 - 0.55 * d)
    sea = mix(t, ref, k)
    sea *= (1 + 0.16 * s * (0.4 + d))[..., None]
    out = img.copy()
    out[hor:] = sea[hor:]
    return out


def glow(h, w, x, y, r, p=2.0):
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    return 1 / (1 + (np.hypot(xx - x, yy - y) / r) ** p)


def finish(img, vign=0.25, grain=0.012, seed=9):
    h, w = img.shape[:2]
    yy, xx = np.mgrid[-1:1:h * 1j, -1:1:w * 1j]
    v = 1 - vign * smooth(0.5, 1.5, np.hypot(xx, yy))
    img = img * v[..., None]
    img = img + np.random.default_rng(seed).normal(0, grain, (h, w, 1))
    return np.clip(img, 0, 1).astype(np.float32)


def hills(img, hor, cols, seed, amp=.055, base=.012):
    h, w = img.shape[:2]
    for i, (col, k) in enumerate(cols):
        n = noise1(w * 2, 1.35, seed + i)[:w] * .5 + .5
        yy = hor - (base * h + n * amp * h * k)
        m = smooth(-1.2, 1.2, np.arange(h)[:, None] - yy[None, :]) * (np.arange(h)[:, None] <= hor)
        fade = .35 * smooth(0, 1, (np.arange(h)[:, None] - yy[None, :]) / (h * .06))
        img = mix(img, rgb(col), m)
        img = mix(img, np.clip(rgb(col) * 1.25 + .04, 0, 1), m * fade)
    return img
