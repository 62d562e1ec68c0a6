"""Charts of the estuary, the bird portraits and the tide clock."""
import math
import os
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage as ndi
from art import *
from more_images import label, GAR, LATO

CW, CH = 1800, 1300
W, H = 1920, 1280


def ground():
    """Height of the ground over the estuary, metres above chart datum; the same for all charts."""
    y, x = np.mgrid[0:1:CH * 1j, 0:CW / CH:CW * 1j].astype(np.float32)
    n = noise(CH, CW, 2.3, 1, 1, 1201) - .5
    f = noise(CH, CW, 1.7, 1, 1, 1202) - .5
    cy = .46 + .13 * np.sin(x * 3.4 + .4) + .05 * np.sin(x * 8.1)  # the channel's line
    wd = .10 + .30 * smooth(.25, 1.38, 1.385 - x) * 1.0
    wd = .09 + .27 * (1 - smooth(0, 1.25, x))
    dist = np.abs(y - cy)
    z = -11 + 30 * smooth(0, 1, (dist / (wd * 1.9))) ** 1.15
    z += 9 * n + 3.0 * f
    z -= 7 * np.exp(-(dist / (.035 + .03 * (1 - x))) ** 2) * (1 - .5 * x)
    g = lambda cx, cy, sx, sy: np.exp(-(((x - cx) / sx) ** 2 + ((y - cy) / sy) ** 2))
    z += 26 * g(.42, .25, .075, .105)   # Heron Point
    z -= 15 * g(.70, .19, .17, .10)     # the bay behind it
    flats = g(.69, .245, .20, .085)
    z = z * (1 - .85 * flats) + 1.9 * .85 * flats   # Osmund Flats
    z += 10 * g(.95, .10, .2, .08)
    cr = .83 + .045 * np.sin(y * 15)    # Curlew Creek
    z = np.where(y > .5, np.minimum(z, .3 + (np.abs(x - cr) / (.022 * (1.25 - y))) ** 2 * 2.6 + 5 * smooth(.72, .97, y)), z)
    z -= 8 * smooth(.30, -.05, x) * (dist < 9)
    return ndi.gaussian_filter(z, 3)


def bands(z, levels, cols, blur=0):
    img = np.zeros((*z.shape, 3), np.float32) + rgb(cols[0])
    for l, c in zip(levels, cols[1:]):
        img = mix(img, rgb(c), smooth(-.06, .06, z - l))
    return img


def contour(img, z, levels, col, a, wd=1.4):
    gy, gx = np.gradient(z)
    g = np.hypot(gx, gy) + 1e-4
    for l in levels:
        d = np.abs(z - l) / g
        img = mix(img, rgb(col), (1 - smooth(wd * .6, wd * 1.4, d)) * a)
    return img


def frame(c, ink, paper, ticks=True):
    src(c, paper); c.set_line_width(76); c.rectangle(38, 38, CW - 76, CH - 76); c.stroke()
    src(c, ink); c.set_line_width(3); c.rectangle(76, 76, CW - 152, CH - 152); c.stroke()
    c.set_line_width(1.5); c.rectangle(56, 56, CW - 112, CH - 112); c.stroke()
    if ticks:
        n = 22
        for i in range(n):
            if i % 2:
                continue
            w = (CW - 152) / n
            for yy in (56, CH - 76):
                c.rectangle(76 + i * w, yy, w, 20); c.fill()
        n = 16
        for i in range(n):
            if i % 2:
                continue
            h = (CH - 152) / n
            for xx in (56, CW - 76):
                c.rectangle(xx, 76 + i * h, 20, h); c.fill()


def rose(c, x, y, r, ink, col):
    src(c, ink); c.set_line_width(2)
    for k in (1, .93, .55):
        c.new_path(); c.arc(x, y, r * k, 0, 7); c.stroke()
    for i in range(72):
        a = i * math.pi / 36; k = .86 if i % 6 == 0 else .90
        c.move_to(x + math.cos(a) * r * k, y + math.sin(a) * r * k); c.line_to(x + math.cos(a) * r * .93, y + math.sin(a) * r * .93); c.stroke()
    for n, l in ((8, .62), (4, .95)):
        for i in range(n):
            a = i * 2 * math.pi / n + (math.pi / 8 if False else 0) + (math.pi / 4 if n == 8 and i % 2 == 0 and False else 0)
            if n == 8 and i % 2 == 0:
                continue
            for sd, cc in ((-1, ink), (1, col)):
                b = a + sd * math.pi / 4
                src(c, cc); poly(c, [(x, y), (x + math.cos(a) * r * l, y + math.sin(a) * r * l), (x + math.cos(b) * r * .14, y + math.sin(b) * r * .14)]); c.fill()
    return x, y - r * 1.16


def light_star(c, x, y, r, col):
    src(c, col)
    p = []
    for i in range(10):
        k = r if i % 2 == 0 else r * .42
        a = -math.pi / 2 + i * math.pi / 5
        p.append((x + math.cos(a) * k, y + math.sin(a) * k))
    poly(c, p); c.fill()


PX = lambda x, y: (x * CH, y * CH)  # the ground's own units to pixels
NAMES = [(.42, .17, "HERON POINT", 34), (.69, .24, "Osmund Flats", 36), (.945, .80, "Curlew Creek", 32), (.17, .46, "Gannet Bar", 34), (1.20, .345, "River Sallow", 34), (1.17, .56, "Tamsin Quay", 32)]


def chart_depths():
    z = ground()
    img = bands(z, [-14, -10, -6, -3, 0, 3.2, 4.6], ["#7fb4cf", "#97c3d9", "#b0d2e2", "#c8e1ea", "#e0eef0", "#c3cfa4", "#dccf9f", "#ecdcae"])
    img = contour(img, z, [-14, -10, -6, -3], "#3f7391", .55, 1.2)
    img = contour(img, z, [0], "#3d5a45", .6, 1.2)
    img = contour(img, z, [3.2], "#4b3f2a", .95, 2.0)
    L = Layer(CH, CW)
    ink = "#2b2a33"
    frame(L.c, ink, "#f7f1e0")
    rx, ry = rose(L.c, 1530, 270, 130, ink, "#b8a06a")
    x, y = PX(.42, .30)
    light_star(L.c, x, y, 20, "#2b2a33")
    L.c.rectangle(96, 1030, 640, 180); src(L.c, "#f7f1e0", .88); L.c.fill()
    img = L.over(img)
    r = np.random.default_rng(3)
    it = []
    for gy in np.arange(130, CH - 130, 74):
        for gx in np.arange(130, CW - 130, 96):
            px, py = int(gx + r.normal(0, 14)), int(gy + r.normal(0, 12))
            zz = z[py, px]
            if zz > -.4 or math.hypot(px - 1530, py - 270) < 190 or (px < 760 and py > 1010): continue
            if any(abs(px - n[0] * CH) < 150 and abs(py - n[1] * CH) < 42 for n in NAMES): continue
            it.append((px, py, f"{-zz:.0f}" if zz < -5 else f"{-zz:.1f}".replace(".", "·"), 23, "#2d4a5c", GAR + "Regular.otf", "mm"))
    it += [(n[0] * CH, n[1] * CH, n[2], n[3], ink, GAR + "Italic.otf", "mm") for n in NAMES]
    it += [(x + 26, y + 4, "Fl(2) 15s 34m 21M", 24, "#7a2a4a", GAR + "Italic.otf", "lm"), (rx, ry, "N", 34, ink, GAR + "Bold.otf", "mm"),
           (120, 1080, "The Sallow Estuary", 62, ink, GAR + "Regular.otf", "lm"), (120, 1140, "Soundings in metres below the lowest tide", 30, ink, GAR + "Italic.otf", "lm"),
           (120, 1180, "Sheet 1, surveyed in the Saltwort, 2014", 30, ink, GAR + "Italic.otf", "lm")]
    return label(img, it)


def chart_channel():
    z = ground()
    img = bands(z, [-10, -4, 0, 3.2], ["#eef3ee", "#d6e6ea", "#bcd7e2", "#cfd6b4", "#f0e2b8"])
    img = contour(img, z, [-10, -4], "#6f97a8", .6, 1.1)
    img = contour(img, z, [0], "#7d8f63", .6, 1.1)
    img = contour(img, z, [3.2], "#5a4b32", .95, 2)
    L = Layer(CH, CW); c = L.c
    xs = np.linspace(.10, 1.30, 120)
    cy = lambda x: .46 + .13 * math.sin(x * 3.4 + .4) + .05 * math.sin(x * 8.1)
    src(c, "#b03a7c"); c.set_line_width(5); c.set_dash([26, 14]); spline(c, [PX(x, cy(x)) for x in xs]); c.stroke(); c.set_dash([])
    it = []
    ink = "#2f2a38"
    for k, i in enumerate(np.linspace(.16, 1.22, 8)):
        for sd, col in ((-1, "#c23b32"), (1, "#2c7a4b")):
            x, y = PX(i, cy(i) + sd * (.050 - .012 * i))
            src(c, col)
            if sd < 0:
                c.rectangle(x - 9, y - 26, 18, 26); c.fill()
            else:
                poly(c, [(x - 12, y), (x, y - 30), (x + 12, y)]); c.fill()
            c.set_line_width(3); src(c, ink); c.move_to(x - 16, y); c.line_to(x + 16, y); c.stroke()
            c.arc(x, y, 4, 0, 7); c.fill()
            it.append((x + (0 if sd < 0 else 0), y + (-42 if sd < 0 else 22), f"{k * 2 + (2 if sd < 0 else 1)}", 24, ink, LATO + "Regular.ttf", "mm"))
    x, y = PX(.42, .30)
    src(c, "#d9a52c", .20)
    c.move_to(x, y); c.arc(x, y, 520, 1.05, 2.9); c.close_path(); c.fill()
    src(c, "#c2457c", .9); c.set_line_width(2); c.set_dash([8, 8])
    for a in (1.05, 2.9):
        c.move_to(x, y); c.line_to(x + math.cos(a) * 520, y + math.sin(a) * 520); c.stroke()
    c.set_dash([]); light_star(c, x, y, 22, "#b03a7c")
    for ax, ay in ((.93, .47), (.30, .62)):
        X, Y = PX(ax, ay); src(c, "#b03a7c"); c.set_line_width(4); c.new_path()
        c.arc(X, Y - 24, 6, 0, 7); c.stroke(); c.move_to(X, Y - 18); c.line_to(X, Y + 18); c.move_to(X - 12, Y - 8); c.line_to(X + 12, Y - 8); c.stroke(); c.arc(X, Y - 2, 20, .35, math.pi - .35); c.stroke()
    frame(c, ink, "#fbf8ee")
    rx, ry = rose(c, 250, 1010, 125, ink, "#b03a7c")
    img = L.over(img)
    it += [(n[0] * CH, n[1] * CH, n[2], n[3], ink, GAR + "Italic.otf", "mm") for n in NAMES if n[2] not in ("Gannet Bar", "River Sallow")]
    it += [(rx, ry, "N", 32, ink, GAR + "Bold.otf", "mm"), (CW - 120, 150, "Buoys and Leading Line", 60, ink, GAR + "Regular.otf", "rm"), (CW - 120, 208, "Gannet Bar to Tamsin Quay · corrected to March 2019", 30, ink, GAR + "Italic.otf", "rm")]
    return label(img, it)


def chart_walk():
    z = ground()
    img = bands(z, [-8, -2, 1, 3.2, 4.8, 8, 12], ["#8fb9bd", "#a5c9c8", "#c2d8cc", "#e3d8b4", "#b9c48a", "#a8b979", "#bfc083", "#d6cb96"])
    gy, gx = np.gradient(ndi.gaussian_filter(z, 2) * np.where(z > 1, 1.0, .35))
    sh = np.clip(.5 + (gx + gy) * 1.9, 0, 1)
    img = img * (.72 + .5 * sh)[..., None]
    img = contour(img, z, [6, 8, 10, 12, 14], "#7d6a3c", .35, 1)
    img = contour(img, z, [3.2], "#4d5a3a", .8, 1.6)
    img = img * (1 + (noise(CH, CW, 1.2, 1, 1, 55)[..., None] - .5) * .06)
    L = Layer(CH, CW); c = L.c
    pts = [PX(*q) for q in ((.42, .29), (.43, .20), (.48, .13), (.58, .095), (.70, .09), (.82, .10), (.92, .13), (1.02, .17))]
    pts2 = [PX(*q) for q in ((.475, .275), (.54, .255), (.61, .275), (.68, .27), (.75, .255), (.83, .262), (.90, .235), (.96, .215))]
    for p, col in ((pts, "#fff7e4"), (pts2, "#fff7e4")):
        src(c, col, .85); c.set_line_width(13); spline(c, p); c.stroke()
    src(c, "#c2412f"); c.set_line_width(6); c.set_dash([20, 12]); spline(c, pts); c.stroke()
    src(c, "#2f5f8a"); spline(c, pts2); c.stroke(); c.set_dash([])
    for i, q in enumerate((pts[0], pts[3], pts[7], pts2[0], pts2[3], pts2[7])):
        src(c, "#fffaf0"); c.arc(*q, 20, 0, 7); c.fill(); src(c, "#c2412f" if i < 3 else "#2f5f8a"); c.set_line_width(4); c.arc(*q, 20, 0, 7); c.stroke()
    ink = "#33291d"
    r = np.random.default_rng(12)
    for _ in range(900):
        x, y = r.integers(100, CW - 100), r.integers(100, CH - 100)
        if 3.6 < z[y, x] < 5.5:
            src(c, "#5d7045", .7); c.set_line_width(2)
            for k in (-5, 0, 5):
                c.move_to(x + k, y); c.line_to(x + k * 1.5, y - 9); c.stroke()
        elif z[y, x] > 11 and r.random() < .8:
            src(c, "#59723f", .9); c.arc(x, y, 8, 0, 7); c.fill(); src(c, "#7f9a57", .9); c.arc(x - 2, y - 3, 5, 0, 7); c.fill()
    frame(c, ink, "#f6ecd2", ticks=False)
    rx, ry = rose(c, 1590, 1020, 105, ink, "#c2412f")
    c.rectangle(110, 960, 430, 240); src(c, "#f9f1da", .9); c.fill()
    img = L.over(img)
    it = [(n[0] * CH - (150 if 'POINT' in n[2] else 0), n[1] * CH - (62 if "Flats" in n[2] else 0) - (70 if "POINT" in n[2] else 0), n[2], n[3], ink, GAR + "Italic.otf", "mm") for n in NAMES if n[2] not in ("Gannet Bar",)]
    it += [(q[0], q[1] - 1, t, 24, ink, LATO + "Bold.ttf", "mm") for q, t in zip((pts[0], pts[3], pts[7], pts2[0], pts2[3], pts2[7]), "123ABC")]
    it += [(rx, ry, "N", 30, ink, GAR + "Bold.otf", "mm"), (134, 1006, "Walks from the Point", 46, ink, GAR + "Regular.otf", "lm"),
           (134, 1064, "1–3  The sea wall, 3 miles", 31, "#9c2f20", GAR + "Regular.otf", "lm"), (134, 1108, "A–C  The sands, with the warden", 31, "#24506f", GAR + "Regular.otf", "lm"), (134, 1162, "Drawn by S. Dattani, 2021", 27, ink, GAR + "Italic.otf", "lm")]
    return label(img, it)


# ---------------------------------------------------------------- birds
def backdrop(top, low, seed, ground=None):
    img = vgrad(H, W, [(0, top), (.72, low), (.74, ground or low), (1, ground or low)])
    img = ndi.gaussian_filter(img, (26, 0, 0))
    img = img + glow(H, W, W * .40, H * .38, W * .22, 2)[..., None] * .10
    return img * (1 + (noise(H, W, 1.3, 1, 1, seed)[..., None] - .5) * .05)


def blob(c, pts, fill):
    c.new_path(); spline(c, pts, close=True)
    (c.set_source if not isinstance(fill, str) else (lambda f: src(c, f)))(fill)
    c.fill()


def feathers(c, rows, base, edge, ang):
    """rows: (x0, y0, x1, y1, n, length, width); later rows lie over earlier ones."""
    for x0, y0, x1, y1, n, l, wd in rows:
        for i in range(n):
            t = i / max(1, n - 1)
            x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t + math.sin(t * math.pi) * l * .12
            c.save(); c.translate(x, y); c.rotate(ang + (t - .5) * .25)
            c.new_path(); c.move_to(0, -wd * .5); c.curve_to(l * .5, -wd * .62, l * .9, -wd * .35, l, 0); c.curve_to(l * .9, wd * .4, l * .5, wd * .62, 0, wd * .5); c.close_path()
            c.set_source(lin(0, 0, l, 0, (0, base[0]), (1, base[1]))); c.fill_preserve()
            src(c, edge, .55); c.set_line_width(2); c.stroke()
            c.move_to(0, 0); c.line_to(l * .9, 0); c.set_line_width(1.3); src(c, edge, .4); c.stroke()
            c.restore()


def legs(c, col, dark, pairs, wd):
    for pts, toes in pairs:
        src(c, col); c.set_line_width(wd); c.set_line_cap(1); c.set_line_join(1)
        poly(c, pts, False); c.stroke()
        x, y = pts[-1]
        for dx, dy in toes:
            c.set_line_width(wd * .7); c.move_to(x, y); c.line_to(x + dx, y + dy); c.stroke()
        kx, ky = pts[1]
        src(c, dark, .6); c.arc(kx, ky, wd * .75, 0, 7); c.fill()


def eye(c, x, y, r, iris, ring=None):
    if ring:
        src(c, ring); c.arc(x, y, r * 1.35, 0, 7); c.fill()
    src(c, iris); c.arc(x, y, r, 0, 7); c.fill()
    src(c, "#15130f"); c.arc(x, y, r * .55, 0, 7); c.fill()
    src(c, "#ffffff"); c.arc(x - r * .25, y - r * .3, r * .22, 0, 7); c.fill()


def portrait(img, draw, shadow):
    S = Layer(H, W)
    x, y, rx, ry = shadow
    S.c.save(); S.c.translate(x, y); S.c.scale(rx, ry); S.c.arc(0, 0, 1, 0, 7); S.c.restore(); src(S.c, "#2a2320", .42); S.c.fill()
    img = S.over(img, blur=14)
    L = Layer(H, W); draw(L.c)
    c, a = L.rgba()
    c = c * (.93 + .14 * noise(H, W, 1.5, 1, 1, 17))[..., None]
    yy = np.linspace(0, 1, H)[:, None, None]
    c = c * (1.04 - .10 * yy)
    img = img * (1 - a[..., None]) + np.minimum(c, a[..., None])
    return finish(img, .22)


def bird_heron():
    def draw(c):
        legs(c, "#a59268", "#7b6a47", [([(880, 800), (905, 950), (880, 1130)], [(70, 12), (48, 24), (-52, 10)]), ([(960, 800), (1010, 945), (985, 1112)], [(70, 12), (46, 24), (-52, 10)])], 13)
        # tail, body
        blob(c, [(1250, 800), (1330, 872), (1280, 905), (1120, 850), (1090, 780)], lin(1100, 780, 1330, 900, (0, "#7d8b9c"), (1, "#566273")))
        blob(c, [(700, 560), (800, 520), (930, 545), (1120, 640), (1270, 790), (1180, 850), (1010, 862), (850, 830), (735, 745), (690, 640)], lin(760, 520, 980, 880, (0, "#b9c4cf"), (.6, "#93a1b1"), (1, "#dfe2e2")))
        feathers(c, [(860, 700, 1000, 760, 4, 330, 74), (830, 650, 980, 690, 5, 300, 70), (800, 600, 940, 625, 5, 270, 62), (780, 565, 900, 580, 4, 230, 54)], ("#a9b6c4", "#7f8ea0"), "#5a6879", .52)
        feathers(c, [(940, 800, 1010, 815, 3, 330, 52)], ("#59647a", "#2f3747"), "#20262f", .36)
        # shaggy breast plumes
        for i in range(16):
            src(c, "#eef0ee", .9); c.set_line_width(6); x = 690 + i * 8; c.move_to(x, 640 + i * 6); c.curve_to(x - 4, 720, x + 8, 780, x + 18, 800 + (i % 4) * 26); c.stroke()
        # S neck
        c.set_line_cap(1)
        neck = [(770, 640), (690, 610), (655, 545), (700, 470), (760, 400), (755, 320), (690, 275)]
        for wd, col in ((104, "#b3bdc7"), (88, "#e3e6e6")):
            src(c, col); c.set_line_width(wd); spline(c, neck); c.stroke()
        src(c, "#f6f6f2"); c.set_line_width(46); spline(c, [(x - 14, y + 4) for x, y in neck]); c.stroke()
        src(c, "#2c323d"); c.set_line_width(9)
        for i in range(9):
            t = i / 9
            j = int(t * 5); u = t * 5 - j
            x = neck[j][0] * (1 - u) + neck[j + 1][0] * u - 24; y = neck[j][1] * (1 - u) + neck[j + 1][1] * u + 8
            c.move_to(x, y); c.line_to(x + 5, y + 22); c.stroke()
        # head
        blob(c, [(560, 268), (610, 222), (690, 208), (770, 240), (795, 285), (750, 325), (670, 325), (590, 310)], lin(0, 210, 0, 330, (0, "#ffffff"), (1, "#dfe2e1")))
        blob(c, [(620, 240), (690, 212), (770, 240), (860, 300), (985, 345), (850, 325), (770, 285), (690, 250)], "#242a36")
        blob(c, [(300, 282), (560, 250), (610, 262), (615, 292), (560, 312)], lin(0, 250, 0, 312, (0, "#e5b24a"), (.5, "#d1903a"), (1, "#a96a2c")))
        src(c, "#7b4f1f", .8); c.set_line_width(3); c.move_to(310, 284); c.line_to(600, 283); c.stroke()
        eye(c, 632, 268, 18, "#f0cf4e", "#c9cf9b")
    return portrait(backdrop("#e9e2d2", "#f2ead8", 91, "#d9cbb0"), draw, (960, 1140, 330, 24))


def bird_oyster():
    def draw(c):
        legs(c, "#e79a86", "#b96a5c", [([(860, 850), (850, 980), (880, 1100)], [(-72, 16), (-48, 30), (40, 26)]), ([(980, 850), (985, 975), (1010, 1082)], [(-72, 16), (-48, 30), (40, 26)])], 20)
        blob(c, [(1330, 690), (1480, 770), (1500, 800), (1330, 800), (1230, 770)], "#16171b")
        blob(c, [(640, 610), (720, 530), (860, 490), (1060, 520), (1260, 640), (1370, 750), (1250, 820), (1040, 870), (840, 870), (700, 800), (640, 710)], lin(0, 640, 0, 880, (0, "#ffffff"), (.6, "#f4f1ea"), (1, "#cfc8bf")))
        blob(c, [(660, 560), (760, 500), (900, 480), (1080, 520), (1270, 640), (1420, 770), (1250, 755), (1050, 735), (880, 700), (760, 690), (690, 700), (650, 640)], lin(0, 480, 0, 760, (0, "#34363d"), (1, "#17181c")))
        feathers(c, [(860, 640, 980, 690, 4, 400, 66), (840, 590, 960, 620, 4, 330, 62), (800, 555, 930, 565, 4, 260, 56)], ("#2e3036", "#1a1b20"), "#4d515b", .28)
        blob(c, [(930, 742), (1130, 770), (1290, 792), (1180, 802), (1010, 790)], "#fbf9f4")
        blob(c, [(640, 640), (600, 560), (570, 470), (560, 390), (600, 320), (680, 290), (760, 310), (810, 370), (815, 460), (850, 540), (800, 640), (720, 715)], lin(560, 300, 840, 640, (0, "#383a42"), (.5, "#1f2026"), (1, "#17181c")))
        blob(c, [(230, 470), (430, 405), (570, 372), (596, 400), (585, 432), (430, 455), (240, 486)], lin(230, 0, 590, 0, (0, "#e5893b"), (.5, "#ef6a2c"), (1, "#d94a24")))
        src(c, "#a63a18", .8); c.set_line_width(3); c.move_to(240, 478); c.curve_to(400, 430, 500, 415, 585, 405); c.stroke()
        eye(c, 662, 378, 21, "#d62f1f", "#f08a3a")
    return portrait(backdrop("#cfdfe0", "#dfe9e4", 92, "#c2cdbf"), draw, (920, 1112, 400, 26))


def bird_curlew():
    def draw(c):
        legs(c, "#8b97a0", "#68747c", [([(860, 850), (890, 985), (862, 1120)], [(-66, 14), (-44, 28), (40, 22)]), ([(970, 850), (1010, 980), (985, 1104)], [(-66, 14), (-44, 28), (40, 22)])], 15)
        blob(c, [(1290, 720), (1430, 790), (1440, 825), (1290, 820), (1200, 790)], "#a98a5f")
        blob(c, [(690, 640), (740, 555), (860, 510), (1030, 525), (1220, 630), (1340, 760), (1240, 820), (1060, 868), (880, 868), (745, 800)], lin(0, 520, 0, 880, (0, "#b08e60"), (.55, "#d3b78c"), (1, "#f2e8d4")))
        feathers(c, [(880, 690, 1000, 735, 5, 350, 56), (850, 645, 980, 680, 6, 300, 54), (820, 600, 960, 630, 6, 260, 50), (790, 560, 920, 580, 6, 220, 46)], ("#8b6a42", "#5d4529"), "#e8d3a8", .40)
        c.set_line_cap(1)
        neck = [(790, 660), (745, 570), (735, 480), (745, 400), (720, 340)]
        for wd, col in ((150, "#bd9d6f"), (120, "#cfb386")):
            src(c, col); c.set_line_width(wd); spline(c, neck[1:]); c.stroke()
        blob(c, [(690, 690), (675, 590), (668, 480), (800, 460), (830, 560), (860, 660), (780, 760)], lin(670, 0, 860, 0, (0, "#e0cba4"), (1, "#bd9d6f")))
        blob(c, [(640, 345), (660, 285), (730, 258), (800, 290), (822, 360), (800, 430), (720, 440), (660, 400)], lin(640, 270, 820, 430, (0, "#d6bd92"), (1, "#b39263")))
        r = np.random.default_rng(2)
        src(c, "#5d4529", .8); c.set_line_width(4)
        for _ in range(190):
            t = r.random() * 3.4
            j = int(t); u = t - j
            x = neck[j][0] * (1 - u) + neck[j + 1][0] * u + r.uniform(-58, 58); y = neck[j][1] * (1 - u) + neck[j + 1][1] * u
            c.move_to(x, y); c.line_to(x + 2, y + 16 + r.random() * 8); c.stroke()
        for _ in range(60):
            x, y = r.uniform(720, 1050), r.uniform(770, 840)
            c.move_to(x, y); c.line_to(x + 8, y + 16); c.stroke()
        blob(c, [(655, 300), (730, 262), (800, 292), (815, 320), (730, 296)], "#6f5333")
        up = [(662, 330), (560, 345), (450, 400), (350, 500), (292, 620)]
        lo = [(298, 622), (372, 520), (470, 430), (575, 385), (668, 372)]
        c.new_path(); spline(c, up); spline(c, lo, move=False); 
        c.line_to(668, 372); c.close_path(); c.set_source(lin(290, 600, 660, 340, (0, "#2b2420"), (.6, "#4a3a2c"), (1, "#c98f76"))); c.fill()
        eye(c, 712, 336, 16, "#3a2616", "#efe2c6")
    return portrait(backdrop("#e6d9cf", "#f0e4d8", 93, "#cdbba6"), draw, (930, 1134, 350, 24))


def tide_clock(path):
    n = 24
    frames = []
    w, h = 1280, 960
    for k in range(n):
        L = Layer(h, w); c = L.c
        c.set_source(lin(0, 0, 0, h, (0, "#33545c"), (1, "#223a44"))); c.paint()
        x, y, r = w / 2, h / 2, 400
        src(c, "#1a2c34"); c.arc(x + 8, y + 12, r + 34, 0, 7); c.fill()
        c.set_source(lin(x - r, y - r, x + r, y + r, (0, "#e8c676"), (.5, "#a8782f"), (1, "#e3bd69"))); c.arc(x, y, r + 30, 0, 7); c.fill()
        src(c, "#f6efdc"); c.arc(x, y, r, 0, 7); c.fill()
        lev = math.cos(2 * math.pi * k / n)
        c.save(); c.arc(x, y, r - 118, 0, 7); c.clip()
        src(c, "#cfe3e2"); c.paint()
        for q, col in ((0, "#8fbcc0"), (1, "#5d9aa5"), (2, "#357684")):
            src(c, col); yl = y - lev * 150 + 20 + q * 46
            c.move_to(x - r, yl)
            for i in range(41):
                xx = x - r + i * r / 20
                c.line_to(xx, yl + math.sin(i * .62 + q * 2 + 2 * math.pi * k / n * (2 + q)) * 12)
            c.line_to(x + r, y + r); c.line_to(x - r, y + r); c.close_path(); c.fill()
        c.restore()
        src(c, "#3a3026"); c.set_line_width(3); c.arc(x, y, r - 118, 0, 7); c.stroke()
        for i in range(60):
            a = i * math.pi / 30; b = 30 if i % 5 == 0 else 14
            c.set_line_width(7 if i % 5 == 0 else 3)
            c.move_to(x + math.cos(a) * (r - 8), y + math.sin(a) * (r - 8)); c.line_to(x + math.cos(a) * (r - 8 - b), y + math.sin(a) * (r - 8 - b)); c.stroke()
        a = -math.pi / 2 + 2 * math.pi * k / n
        c.save(); c.translate(x, y); c.rotate(a)
        src(c, "#8f2f2a"); poly(c, [(-70, -12), (230, -9), (r - 30, 0), (230, 9), (-70, 12)]); c.fill(); c.arc(236, 0, 24, 0, 7); c.fill(); c.arc(0, 0, 26, 0, 7); c.fill()
        c.restore(); src(c, "#e3bd69"); c.arc(x, y, 10, 0, 7); c.fill()
        im = label(L.over(np.zeros((h, w, 3), np.float32)), [(x, y - r + 82, "HIGH WATER", 42, "#3a3026", GAR + "Bold.otf", "mm"), (x, y + r - 84, "LOW WATER", 42, "#3a3026", GAR + "Bold.otf", "mm"),
                    (x + r - 66, y, "6", 44, "#3a3026", GAR + "Regular.otf", "mm"), (x - r + 66, y, "6", 44, "#3a3026", GAR + "Regular.otf", "mm")])
        frames.append(Image.fromarray((im * 255).astype(np.uint8)).resize((640, 480), Image.LANCZOS))
    pal = frames[0].quantize(64)
    fr = [f.quantize(palette=pal, dither=Image.NONE) for f in frames]
    fr[0].save(path, save_all=True, append_images=fr[1:], duration=120, loop=0, optimize=True)
    print(os.path.basename(path), os.path.getsize(path) // 1024, "KB")


def register(m):
    E = m.exif
    m.reg("chart-depths.png", colours=128)(chart_depths)
    m.reg("chart-channel-buoys.png", colours=128)(chart_channel)
    m.reg("chart-walking-routes.webp", q=84)(chart_walk)
    m.reg("bird-grey-heron.jpg", q=88, exif=lambda: E("Orrin", "Nightjar II", "2021:04:09 09:12:55", 52.0402, -4.7240, orient=6, f=(56, 10), exp=(1, 500), iso=320, focal=(400, 1), lens="Nightjar 400mm f/5.6", who="Ifor Lacey", what="Adult, hide number two"))(bird_heron)
    m.reg("bird-oystercatcher.png", colours=220)(bird_oyster)
    m.reg("bird-curlew.webp", q=88)(bird_curlew)
    m.reg("tide-clock-dial.gif")(lambda: tide_clock(os.path.join(m.OUT, "tide-clock-dial.gif")))
