"""The other picture families: boats, botanical plates, charts, birds, the tide clock."""
import math
import os
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage as ndi
from art import *

W, H, S = 960, 640, 2
GAR = "/usr/share/fonts/opentype/ebgaramond/EBGaramond12-"
LATO = "/usr/share/fonts/truetype/lato/Lato-"


def label(img, items):
    """items: (x, y, text, size, colour, font, anchor) in drawn pixels."""
    im = Image.fromarray((np.clip(img, 0, 1) * 255 + .5).astype(np.uint8))
    d = ImageDraw.Draw(im)
    for x, y, t, s, col, f, a in items:
        d.text((x, y), t, font=ImageFont.truetype(f, s), fill=col, anchor=a)
    return np.asarray(im).astype(np.float32) / 255


# ---------------------------------------------------------------- boats
def hull(c, x, y, l, p, flip=1, tilt=0.0):
    """A clinker rowing or fishing hull, l long, waterline at y."""
    c.save(); c.translate(x, y); c.rotate(tilt); c.scale(flip * l, l)
    c.set_source(lin(0, -.17, 0, .05, (0, p["top"]), (.6, p["hull"]), (1, p["low"])))
    c.move_to(-.5, -.13); c.curve_to(-.2, -.075, .2, -.085, .52, -.19)
    c.curve_to(.49, -.08, .44, 0, .36, .045); c.line_to(-.40, .045); c.curve_to(-.46, .0, -.49, -.06, -.5, -.13); c.fill()
    c.set_line_width(.008); src(c, p["low"], .55)
    for k in (.045, .085):
        c.move_to(-.49 + k * .2, -.13 + k); c.curve_to(-.2, -.075 + k, .2, -.085 + k, .49 - k * .3, -.185 + k); c.stroke()
    c.set_line_width(.018); src(c, p["rail"])
    c.move_to(-.505, -.132); c.curve_to(-.2, -.077, .2, -.087, .525, -.192); c.stroke()
    c.restore()


def cabin(c, x, y, l, p, flip=1, tilt=0.0, mast=True):
    c.save(); c.translate(x, y); c.rotate(tilt); c.scale(flip * l, l)
    c.set_source(lin(-.1, 0, .2, 0, (0, p["cab"]), (1, p["cabd"])))
    poly(c, [(-.12, -.08), (-.10, -.30), (.13, -.30), (.19, -.10)]); c.fill()
    src(c, p["rail"]); poly(c, [(-.14, -.30), (-.13, -.325), (.16, -.325), (.17, -.30)]); c.fill()
    src(c, p["win"])
    for a in (-.08, -.005, .07):
        poly(c, [(a, -.27), (a + .055, -.27), (a + .06, -.19), (a, -.19)]); c.fill()
    src(c, p["spar"]); c.set_line_width(.012)
    if mast:
        c.move_to(-.17, -.08); c.line_to(-.17, -.58); c.stroke()
        c.set_line_width(.005); c.move_to(-.17, -.56); c.line_to(.50, -.18); c.move_to(-.17, -.56); c.line_to(-.49, -.13); c.stroke()
        src(c, p["flag"]); poly(c, [(-.17, -.58), (-.27, -.555), (-.17, -.53)]); c.fill()
    c.restore()


def sails(c, x, y, l, p, flip=1, tilt=0.0):
    c.save(); c.translate(x, y); c.rotate(tilt); c.scale(flip * l, l)
    src(c, p["spar"]); c.set_line_width(.014); c.move_to(.06, -.1); c.line_to(.06, -1.18); c.stroke()
    c.set_source(lin(-.45, 0, .06, 0, (0, p["sail"][1]), (1, p["sail"][0])))
    c.move_to(.045, -1.12); c.curve_to(-.10, -.8, -.36, -.55, -.47, -.26); c.curve_to(-.3, -.22, -.1, -.21, .045, -.21); c.close_path(); c.fill()
    c.set_source(lin(.06, 0, .5, 0, (0, p["jib"][0]), (1, p["jib"][1])))
    c.move_to(.075, -1.0); c.curve_to(.20, -.8, .40, -.5, .53, -.22); c.curve_to(.36, -.25, .2, -.24, .10, -.22); c.curve_to(.12, -.5, .11, -.8, .075, -1.0); c.fill()
    src(c, p["spar"], .25); c.set_line_width(.004)
    for k in (.4, .6, .8, 1.0):
        c.move_to(.045, -k + .03); c.line_to(-.47 + (k - .2) * .5, -k); c.stroke()
    c.restore()


def sky_scene(sky, clouds, sun, hillc, hor, seed):
    h, w = H * S, W * S
    hr = int(hor * h)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    img = vgrad(h, w, [(s * hor, c) for s, c in sky] + [(1, sky[-1][1])])
    if sun:
        sx, sy, sr, sc, gc, ga = sun
        img = screen(img, rgb(gc), glow(h, w, sx * w, sy * h, sr * w * 5, 1.7) * ga)
        img = screen(img, rgb(gc), glow(h, w, sx * w, sy * h, sr * w * 1.6, 2.2) * ga)
        img = mix(img, rgb(sc), 1 - smooth(sr * w * .94, sr * w * 1.02, np.hypot(xx - sx * w, yy - sy * h)))
    for cc, hi, amt, cs, a0, a1 in clouds:
        n = noise(h, w, 1.95, 2.6, .9, cs)
        a = smooth(a0, a1, n) * amt
        e = smooth(a0 - .05, a0 + .08, n) - smooth(a0 + .08, a1 + .1, n)
        img = mix(img, mix(np.zeros_like(img) + rgb(cc), rgb(hi), np.clip(e, 0, 1)), a)
    return hills(img, hr, hillc, seed), hr, xx, yy


def boats_calm():
    img, hr, xx, yy = sky_scene([(0, "#9cc3dc"), (.5, "#cfe2e6"), (.85, "#fbe7d3"), (1, "#fbd7bd")],
                                [("#e6e4e6", "#fffaf2", .8, 61, .55, .85)], None,
                                [("#b7c6cf", 1.5), ("#93adb4", .9), ("#6f938f", .55)], .46, 611)
    h, w = img.shape[:2]
    d, s = waves(h, w, hr, 613, size=1.2)
    cols = [dict(top="#f4efe4", hull="#e0d8c8", low="#8d867f", rail="#b5553c"), dict(top="#3f7d8c", hull="#2d6273", low="#1d4250", rail="#f3e7cf"),
            dict(top="#e0a03c", hull="#c5832b", low="#7a4d20", rail="#4b3a2f"), dict(top="#b84b3f", hull="#9a3a36", low="#5c2426", rail="#f6ead6")]
    for k in cols:
        k.update(cab="#f7f0e3", cabd="#d6ccc0", win="#4e6b78", spar="#6b5442", flag="#c9503f", sail=("#f6efe0", "#d9cdb8"), jib=("#fbf6ea", "#dfd3bf"))
    spec = [(.70, .54, .10, 2, -1, 0), (.50, .575, .12, 0, 1, 0), (.24, .66, .24, 1, 1, 1), (.74, .80, .30, 3, -1, 2)]
    sea = reflect(img, hr, d, s, [(0, "#e9d6c6"), (.46, "#dcd9d0"), (1, "#5d98a6")], .78, 26)
    for x, y, l, k, f, kind in spec:
        X, Y, Ln = x * w, y * h, l * w
        def draw(L):
            if kind == 1: cabin(L.c, X, Y, Ln, cols[k], f)
            if kind == 0: sails(L.c, X, Y, Ln * .8, cols[k], f)
            hull(L.c, X, Y, Ln, cols[k], f)
        L = Layer(h, w); draw(L)
        rc, ra = L.rgba()
        wl = Y + .035 * Ln
        ry = np.clip(2 * wl - yy + s * 20, 0, h - 1); rx = np.clip(xx + s * 14, 0, w - 1)
        ra2 = ndi.map_coordinates(ra, [ry, rx], order=1) * (yy > wl) * np.exp(-(yy - wl) / (Ln * .5))
        rc2 = np.stack([ndi.map_coordinates(rc[..., i], [ry, rx], order=1) for i in range(3)], -1) * ((yy > wl) * np.exp(-(yy - wl) / (Ln * .5)))[..., None]
        sea = sea * (1 - .75 * ra2[..., None]) + rc2 * .75 * .9
        L = Layer(h, w)
        L.c.save(); L.c.translate(X, Y + .04 * Ln); L.c.scale(Ln * .45, Ln * .022); L.c.arc(0, 0, 1, 0, 7); L.c.restore(); src(L.c, "#29434f", .55); L.c.fill()
        sea = L.over(sea, blur=4)
        L = Layer(h, w); draw(L)
        sea = L.over(sea)
    # mooring buoys
    L = Layer(h, w)
    for x, y, r in ((.43, .72, .010), (.90, .69, .008), (.12, .60, .006)):
        L.c.set_source(lin(x * w - r * w, 0, x * w + r * w, 0, (0, "#f29a62"), (1, "#b4482f"))); L.c.arc(x * w, y * h, r * w, math.pi, 0); L.c.fill()
    return finish(L.over(sea), .18)


def boats_evening():
    img, hr, xx, yy = sky_scene([(0, "#4b4f86"), (.4, "#a5658b"), (.75, "#f08e6b"), (1, "#ffd083")],
                                [("#7d5583", "#ffab80", .8, 71, .52, .8), ("#b5627c", "#ffd6a0", .5, 74, .6, .85)],
                                (.62, .475, .036, "#fff2c9", "#ff9a58", .55), [("#a7637c", 1.1), ("#784e72", .6)], .56, 711)
    h, w = img.shape[:2]
    d, s = waves(h, w, hr, 713)
    img = reflect(img, hr, d, s, [(0, "#e58a6c"), (.56, "#df8168"), (1, "#3a3560")], .7)
    gl = np.exp(-((xx - .62 * w) / (w * (.03 + .13 * d))) ** 2) * smooth(.0, .55, s + .3 * (1 - d)) * (yy > hr)
    img = screen(img, rgb("#ffc277"), gl * .85)
    pd = dict(top="#5a3149", hull="#3f2340", low="#22152f", rail="#a85a50", spar="#2d1a33", sail=("#f3a36a", "#8e3f52"), jib=("#ffc98b", "#c9655a"), flag="#f6c177")
    for x, y, l, f, t in ((.86, .585, .06, -1, .02), (.16, .60, .085, 1, -.02), (.42, .76, .27, 1, .05)):
        X, Y, Ln = x * w, y * h, l * w
        L = Layer(h, w)
        sails(L.c, X, Y, Ln, pd, f, t); hull(L.c, X, Y, Ln, pd, f, t)
        rc, ra = L.rgba()
        wl = Y + .03 * Ln
        ry = np.clip(wl + (wl - yy) * 1.25 + s * 40, 0, h - 1); rx = np.clip(xx + s * 26, 0, w - 1)
        fade = (yy > wl) * np.exp(-(yy - wl) / (Ln * .6))
        ra2 = ndi.map_coordinates(ra, [ry, rx], order=1) * fade
        img = mix(img, rgb("#4a2846"), ra2 * .7)
        img = L.over(img)
    L = Layer(h, w)
    src(L.c, "#3b2343"); L.c.set_line_width(3.5)
    r = np.random.default_rng(5)
    for _ in range(9):
        bx, by, bs = w * (.14 + r.random() * .3), h * (.12 + r.random() * .2), 9 + r.random() * 12
        L.c.move_to(bx - bs, by - bs * .25); L.c.curve_to(bx - bs * .5, by - bs * .5, bx - bs * .1, by - bs * .2, bx, by)
        L.c.curve_to(bx + bs * .1, by - bs * .2, bx + bs * .5, by - bs * .5, bx + bs, by - bs * .2); L.c.stroke()
    return finish(L.over(img))


def boats_rough():
    img, hr, xx, yy = sky_scene([(0, "#4a5a68"), (.5, "#7a8b94"), (1, "#c3c8c1")],
                                [("#46535f", "#93a0a5", .9, 81, .38, .75), ("#5c6a75", "#d5d8d1", .6, 84, .55, .85)], None,
                                [("#8b989c", .8)], .40, 811)
    h, w = img.shape[:2]
    r = np.random.default_rng(8)
    x = np.arange(w)
    N = 13
    p = dict(top="#e9e2d3", hull="#c84f3c", low="#5c2a2a", rail="#f3ead8", cab="#f4efe4", cabd="#b9b9b4", win="#2e4550", spar="#4b4640", flag="#e0a03c")
    for i in range(N):
        t = (i + .5) / N
        y0 = hr + (h * 1.02 - hr) * t ** 1.35
        a = (5 + 62 * t ** 1.3)
        lam = (90 + 760 * t)
        ph = r.random() * 6.28
        b = noise1(w * 2, 1.2, 820 + i)[:w]
        q = x / lam * 2 * math.pi + ph + b * 1.2
        crest = y0 - a * (np.exp(np.sin(q)) / 2.2 - .4) - a * .35 * b
        Y = np.arange(h)[:, None] - crest[None]
        m = smooth(-1, 1, Y)
        near = vgrad(h, w, [(0, "#7f9a9b"), (1, "#7f9a9b")]) * 0 + (rgb("#8ca5a3") * (1 - t) + rgb("#2f6f74") * t)
        deep = rgb("#5c7a80") * (1 - t) + rgb("#0e343f") * t
        thick = 26 + 150 * t
        body = mix(near, deep, smooth(0, 1, Y / thick))
        tex = noise(h, w, 1.5, 1.6, 2.4, 840 + i) - .5
        body = body * (1 + tex * .45 * (0.4 + t))[..., None]
        steep = np.clip(np.sin(q) * 1.3 - .15, 0, 1)[None]
        fo = noise(h, w, 1.25, 1.3, 1.0, 860 + i)
        fw = (5 + 34 * t) * (.25 + .9 * steep)
        foam = steep ** .7 * (1 - smooth(0, 1, Y / fw + (fo - .5) * 1.5)) * (Y > -1)
        streak = smooth(.62, .8, noise(h, w, 1.5, .9, 1.8, 880 + i)) * (1 - smooth(.2, 1.6, Y / thick)) * .30
        body = mix(body, rgb("#eef3ef"), np.clip(foam * .95 + streak, 0, 1))
        img = mix(img, body, m)
        spray = ndi.gaussian_filter(((r.random((h, w)) > .985) * (Y > -fw * .9) * (Y < 2) * (steep > .75)).astype(np.float32), 1.3)
        img = screen(img, rgb("#f4f7f4"), np.clip(spray * 3.0, 0, .8))
        if i == 7:
            bx = .56 * w
            by = crest[int(bx)] + 14
            sl = (crest[int(bx + 90)] - crest[int(bx - 90)]) / 180
            L = Layer(h, w)
            cabin(L.c, bx, by, w * .26, p, 1, sl - .16); hull(L.c, bx, by, w * .26, p, 1, sl - .16)
            img = L.over(img)
            sp = glow(h, w, bx + w * .135, by - 30, 60, 3) * smooth(.35, .75, noise(h, w, 1.3, 1, 1, 899))
            img = screen(img, rgb("#ffffff"), sp * .9)
    rain = ndi.gaussian_filter((r.random((h, w)) > .9985).astype(np.float32), (16, .8))
    rain = ndi.rotate(rain, 14, reshape=False, order=1, mode="wrap")
    img = screen(img, rgb("#dfe6e6"), np.clip(rain * 9, 0, .28))
    return finish(img, .3)


# ---------------------------------------------------------------- botanical plates
PW, PH = 1440, 1880  # drawn; kept at half


def paper(seed):
    n = noise(PH, PW, 1.1, 1, 1, seed)
    f = noise(PH, PW, 2.2, 1, 1, seed + 1)
    img = np.zeros((PH, PW, 3), np.float32) + rgb("#f5ecd7")
    img = img * (1 + (n - .5) * .035 + (f - .5) * .05)[..., None]
    yy, xx = np.mgrid[-1:1:PH * 1j, -1:1:PW * 1j]
    e = smooth(.72, 1.05, np.maximum(np.abs(xx), np.abs(yy)) + (f - .5) * .25)
    img = mix(img, rgb("#d9c199"), e * .5)
    for i in range(7):
        r = np.random.default_rng(seed + 10 + i)
        x, y, s = r.random() * PW, r.random() * PH, 3 + r.random() * 8
        img = mix(img, rgb("#b98d55"), glow(PH, PW, x, y, s, 3.5) * .28)
    return img


def leaf(c, x, y, ang, l, wd, cols, wav=0.0, lobes=0, bend=0.0, veins=7, seed=0):
    """One leaf from its stalk end at x, y along ang; wav makes the margin wavy."""
    r = np.random.default_rng(seed)
    n = 60
    mid, L, R = [], [], []
    px, py, a = x, y, ang
    for i in range(n + 1):
        t = i / n
        mid.append((px, py, a))
        wdt = wd * (math.sin(math.pi * t ** .72) ** .85) * (1 - .25 * t)
        k = 1 + wav * math.sin(t * lobes * 2 * math.pi + seed) + wav * .4 * math.sin(t * lobes * 4.7 * math.pi + seed * 2)
        k2 = 1 + wav * math.sin(t * lobes * 2 * math.pi + seed + 1.7) + wav * .4 * math.sin(t * lobes * 4.3 * math.pi + seed)
        L.append((px + math.cos(a - math.pi / 2) * wdt * k, py + math.sin(a - math.pi / 2) * wdt * k))
        R.append((px + math.cos(a + math.pi / 2) * wdt * k2, py + math.sin(a + math.pi / 2) * wdt * k2))
        px += math.cos(a) * l / n; py += math.sin(a) * l / n; a += bend / n
    tipx, tipy = mid[-1][:2]
    c.save()
    for side, col in ((L, cols[0]), (R, cols[1])):
        pts = [m[:2] for m in mid]
        c.new_path(); spline(c, side); 
        for q in reversed(pts): c.line_to(*q)
        c.close_path()
        mx, my = side[n // 2]; cx, cy = pts[n // 2]
        c.set_source(lin(cx, cy, mx, my, (0, col[0]), (1, col[1]))); c.fill()
    c.new_path(); src(c, cols[2], .75); c.set_line_width(max(1.6, wd * .035)); spline(c, [m[:2] for m in mid]); c.stroke()
    src(c, cols[2], .45); c.set_line_width(max(1.0, wd * .016))
    for i in range(1, veins + 1):
        t = i / (veins + 1.2)
        j = int(t * n)
        for side in (L, R):
            jj = min(n, j + int(n * .13))
            sx, sy = side[jj]; mx, my, _ = mid[j]
            c.move_to(mx, my)
            c.curve_to(mx + (sx - mx) * .4 + math.cos(mid[j][2]) * 2, my + (sy - my) * .35, mx + (sx - mx) * .75, my + (sy - my) * .68, mx + (sx - mx) * .9, my + (sy - my) * .9); c.stroke()
    src(c, cols[3], .7); c.set_line_width(1.8); c.new_path(); spline(c, L); c.stroke(); spline(c, R); c.stroke()
    c.restore()
    return tipx, tipy


def plate(img, draw, num, latin, english, note):
    L = Layer(PH, PW)
    draw(L.c)
    c, a = L.rgba()
    sh = ndi.gaussian_filter(np.roll(a, (8, 7), (0, 1)), 7)
    img = img * (1 - .20 * sh)[..., None]
    wash = noise(PH, PW, 1.7, 1, 1, 77)
    c = c * (.86 + .28 * wash)[..., None]
    img = img * (1 - a[..., None]) + np.minimum(c, a[..., None])
    F = Layer(PH, PW)
    src(F.c, "#6b5233", .8); F.c.set_line_width(2.4); F.c.rectangle(64, 64, PW - 128, PH - 128); F.c.stroke()
    F.c.set_line_width(1); F.c.rectangle(74, 74, PW - 148, PH - 148); F.c.stroke()
    F.c.move_to(PW / 2 - 90, PH - 196); F.c.line_to(PW / 2 + 90, PH - 196); F.c.stroke()
    img = F.over(img)
    ink = "#4a3826"
    return label(np.clip(img, 0, 1), [(PW - 120, 112, f"Pl. {num}", 40, ink, GAR + "Italic.otf", "rt"), (120, 112, "Flora of Heron Point", 40, ink, GAR + "Italic.otf", "lt"),
                                     (PW / 2, PH - 270, latin, 64, ink, GAR + "Italic.otf", "mt"), (PW / 2, PH - 176, english + "  ·  " + note, 38, ink, GAR + "Regular.otf", "mt")])


def plate_fern():
    def frond(c, x0, y0, x1, y1, bend, n, ln, seed):
        r = np.random.default_rng(seed)
        dx, dy = x1 - x0, y1 - y0
        P = lambda t: (x0 + dx * t + bend * math.sin(t * math.pi / 2) ** 2, y0 + dy * t)
        g = [("#7d9a4a", "#a3b566"), ("#5f8040", "#86a055"), "#3f5a2c", "#3f5a2c"]
        for i in range(n):
            t = .16 + .84 * i / n
            px, py = P(t); qx, qy = P(min(1, t + .02))
            a = math.atan2(qy - py, qx - px)
            env = ln * (1 - t) ** .8 * (.55 + .45 * min(1, (t - .1) / .2)) + 16
            for sd in (-1, 1):
                aa = a + sd * (1.22 - .25 * t) + r.normal(0, .03)
                m = int(7 + env / 17)
                for j in range(m):
                    u = j / m
                    bx = px + math.cos(aa) * env * u; by = py + math.sin(aa) * env * u + 22 * u * u * (1 - t)
                    ll = (env * .22 + 7) * (1 - u) ** .7 + 4
                    for s2 in (-1, 1):
                        leaf(c, bx, by, aa + s2 * 1.05, ll, ll * .24 + 1.2, g, veins=0, seed=i + j)
                src(c, "#5a6b2f"); c.set_line_width(3.2 * (1 - t) + 1.2); c.move_to(px, py); c.curve_to(px + math.cos(aa) * env * .5, py + math.sin(aa) * env * .5, px + math.cos(aa) * env * .8, py + math.sin(aa) * env * .8 + 10 * (1 - t), px + math.cos(aa) * env, py + math.sin(aa) * env + 22 * (1 - t)); c.stroke()
        src(c, "#7a6a35"); c.set_line_width(8); spline(c, [P(k / 20) for k in range(21)]); c.stroke()
    def draw(c):
        frond(c, 640, 1540, 560, 240, 130, 24, 400, 1)
        frond(c, 690, 1545, 1150, 900, 40, 15, 150, 2)
        # a young crozier
        src(c, "#8a9a4c"); c.set_line_width(15)
        pts = [(620, 1545), (470, 1350), (400, 1190)] + [(385 - 60 + math.cos(t) * (62 - t * 8), 1170 + math.sin(t) * (62 - t * 8)) for t in np.linspace(.3, -6.2, 30) * -1 * -1 if 62 - t * 8 > 6]
        pts = [(620, 1545), (500, 1400), (418, 1270)] + [(350 + math.cos(t) * (70 + t * 8.5), 1230 + math.sin(t) * (70 + t * 8.5)) for t in np.linspace(0, -7.4, 34)]
        spline(c, pts); c.stroke()
        src(c, "#5f7238"); c.set_line_width(3)
        for q in pts[4::2]:
            c.move_to(q[0] - 5, q[1]); c.line_to(q[0] + 6, q[1] + 4); c.stroke()
    return plate(paper(31), draw, "III", "Pteridium aquilinum", "Bracken", "north bank of the oil store")


def plate_buckthorn():
    def draw(c):
        r = np.random.default_rng(4)
        P = lambda t: (420 + 560 * t + 70 * math.sin(t * 3.4), 1530 - 1230 * t)
        g = [("#7f9482", "#a9b8a0"), ("#5d7768", "#8aa08d"), "#dfe3cf", "#465c4c"]
        def twig(P, n, ll, sd0, berries):
            src(c, "#6d5238"); 
            for k in range(40):
                c.set_line_width(19 * (1 - k / 44) * (ll / 300) + 3); c.move_to(*P(k / 40)); c.line_to(*P((k + 1.2) / 40)); c.stroke()
            for i in range(n):
                t = .10 + .9 * i / n
                px, py = P(t); qx, qy = P(t + .02)
                a = math.atan2(qy - py, qx - px)
                sd = 1 if i % 2 else -1
                leaf(c, px, py, a + sd * (.75 + r.normal(0, .12)), ll * (1 - .5 * t) * (.85 + .3 * r.random()), 21 * ll / 300, g, veins=0, bend=-sd * .35, seed=i)
                if berries and t < .86 and r.random() < .8:
                    for _ in range(r.integers(2, 5)):
                        bx, by, br = px + r.normal(0, 26), py + r.normal(0, 22), 17 + r.random() * 8
                        gr = cairo.RadialGradient(bx - br * .35, by - br * .4, 1, bx, by, br)
                        for q, hx in ((0, "#ffd98a"), (.35, "#f39a2c"), (1, "#b9541a")):
                            v = rgb(hx); gr.add_color_stop_rgba(q, float(v[0]), float(v[1]), float(v[2]), 1)
                        c.set_source(gr); c.arc(bx, by, br, 0, 7); c.fill()
                        src(c, "#5a3312"); c.arc(bx + br * .3, by + br * .45, 2.4, 0, 7); c.fill()
        twig(lambda t: (560 - 230 * t - 20 * math.sin(t * 3), 1200 - 640 * t), 20, 230, 1, True)
        twig(lambda t: (740 + 360 * t, 900 - 130 * t - 250 * t * t), 17, 200, 1, True)
        twig(P, 40, 300, 1, True)
    return plate(paper(41), draw, "VII", "Hippophae rhamnoides", "Sea buckthorn", "dune path, October")


def plate_kale():
    def draw(c):
        g = [("#7f9f92", "#b3c6b4"), ("#64877c", "#9cb5a5"), "#e8ead8", "#4f5f73"]
        src(c, "#a9b48f"); c.set_line_width(26)
        for x1, y1 in ((300, 1080), (1140, 1040), (520, 800), (920, 800)):
            c.move_to(720, 1560); c.curve_to(720, 1400, (720 + x1) / 2, (1560 + y1) / 2, x1, y1); c.set_line_width(20); c.stroke()
        leaf(c, 545, 900, -1.95, 520, 150, g, .09, 4, -.3, 8, 3)
        leaf(c, 900, 900, -1.2, 500, 150, g, .09, 4, .35, 8, 5)
        leaf(c, 420, 1220, -2.75, 400, 170, g, .1, 4, .45, 7, 7)
        leaf(c, 1010, 1200, -.42, 400, 165, g, .1, 4, -.4, 7, 9)
        leaf(c, 640, 1430, -2.3, 300, 95, g, .1, 4, .3, 6, 11)
        # flower head
        r = np.random.default_rng(6)
        src(c, "#b8c29a"); c.set_line_width(13); c.move_to(722, 1560); c.curve_to(735, 1200, 700, 900, 722, 620); c.stroke()
        heads = []
        for i in range(46):
            a = -math.pi / 2 + r.uniform(-1.25, 1.25)
            l = 250 * math.sqrt(r.uniform(.12, 1))
            x1, y1 = 720 + math.cos(a) * l * .95, 640 + math.sin(a) * l
            c.set_line_width(4); src(c, "#a3b184"); c.move_to(720, 760); c.curve_to(720, 690, x1, y1 + 90, x1, y1); c.stroke(); heads.append((x1, y1))
        heads.sort(key=lambda q: q[1])
        for x1, y1 in heads:
            for _ in range(3):
                x, y, s = x1 + r.normal(0, 18), y1 + r.normal(0, 16), 19 + r.random() * 6
                o = r.random()
                for k in range(4):
                    a = o + k * math.pi / 2
                    c.save(); c.translate(x + math.cos(a) * s * .75, y + math.sin(a) * s * .75); c.rotate(a); c.scale(s * .8, s * .58); c.arc(0, 0, 1, 0, 7); c.restore()
                    c.set_source(lin(x, y, x + math.cos(a) * s * 1.6, y + math.sin(a) * s * 1.6, (0, "#e9e4b8"), (.5, "#fdfbf2"), (1, "#ffffff"))); c.fill_preserve()
                    src(c, "#a8a58c", .6); c.set_line_width(1.5); c.stroke()
                src(c, "#d8c24f"); c.arc(x, y, s * .28, 0, 7); c.fill()
    return plate(paper(51), draw, "I", "Crambe maritima", "Sea kale", "shingle ridge, June")


def register(m):
    m.S = 2
    E = m.exif
    m.reg("boats-calm-morning.jpg", exif=lambda: E("Orrin", "Nightjar II", "2022:06:21 06:04:41", 52.0419, -4.7288, f=(8, 1), exp=(1, 200), iso=100, focal=(50, 1), lens="Nightjar 50mm f/1.8", who="Sunil Dattani", what="Moorings below the slip"))(boats_calm)
    m.reg("boats-evening-sail.webp")(boats_evening)
    m.reg("boats-rough-water.jpg", exif=lambda: E("Brightwater", "BW-35", "2020:02:11 11:32:10", 52.0467, -4.7402, f=(8, 1), exp=(1, 800), iso=800, focal=(85, 1), who="Tobias Rook", what="Marigold coming home over the bar"))(boats_rough)
    m.reg("plate-bracken.png", colours=200)(plate_fern)
    m.reg("plate-sea-buckthorn.webp", q=88)(plate_buckthorn)
    m.reg("plate-sea-kale.png", colours=200)(plate_kale)
