"""Draws samples/images. Run: python make_images.py [name ...]"""
import math
import os
import sys
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage as ndi
import piexif
from art import *

OUT = os.path.join(os.path.dirname(__file__), "../../samples/images")
W, H = 960, 640
S = 2  # drawn at double size, then reduced


def save(img, name, q=86, colours=None, exif=None):
    im = Image.fromarray((np.clip(img, 0, 1) * 255 + 0.5).astype(np.uint8)) if isinstance(img, np.ndarray) else img
    if S != 1 and isinstance(img, np.ndarray):
        im = im.resize((im.width // S, im.height // S), Image.LANCZOS)
    p = os.path.join(OUT, name)
    if name.endswith(".jpg"):
        if exif:
            if exif["0th"].get(piexif.ImageIFD.Orientation) == 6:
                im = im.transpose(Image.ROTATE_90)  # stored on its side, shown upright
            im.save(p, quality=q, exif=piexif.dump(exif))
        else:
            im.save(p, quality=q)
    elif name.endswith(".webp"):
        im.save(p, quality=q, method=5)
    else:
        if colours:
            im = im.quantize(colours, dither=Image.FLOYDSTEINBERG)
        im.save(p, optimize=True)
    print(name, os.path.getsize(p) // 1024, "KB", im.size)


def exif(make, model, date, lat, lon, orient=1, lens=None, f=(8, 1), exp=(1, 250), iso=200, focal=(35, 1), who="", what=""):
    def dms(v):
        v = abs(v)
        d = int(v); m = int((v - d) * 60); s = round(((v - d) * 60 - m) * 6000)
        return ((d, 1), (m, 1), (s, 100))
    z = {piexif.ImageIFD.Make: make, piexif.ImageIFD.Model: model, piexif.ImageIFD.DateTime: date,
         piexif.ImageIFD.Orientation: orient, piexif.ImageIFD.Artist: who, piexif.ImageIFD.ImageDescription: what}
    e = {piexif.ExifIFD.DateTimeOriginal: date, piexif.ExifIFD.FNumber: f, piexif.ExifIFD.ExposureTime: exp,
         piexif.ExifIFD.ISOSpeedRatings: iso, piexif.ExifIFD.FocalLength: focal}
    if lens:
        e[piexif.ExifIFD.LensModel] = lens
    g = {piexif.GPSIFD.GPSLatitudeRef: "N" if lat >= 0 else "S", piexif.GPSIFD.GPSLatitude: dms(lat),
         piexif.GPSIFD.GPSLongitudeRef: "E" if lon >= 0 else "W", piexif.GPSIFD.GPSLongitude: dms(lon),
         piexif.GPSIFD.GPSAltitudeRef: 0, piexif.GPSIFD.GPSAltitude: (14, 1)}
    return {"0th": z, "Exif": e, "GPS": g}


# ---------------------------------------------------------------- lighthouse
def tower(c, x, y, h, p):
    """A white granite tower standing at x, y; p gives its colours."""
    wb, wt = h * 0.115, h * 0.075
    top = y - h * 0.76
    xl = lambda t: x - (wb + (wt - wb) * t)
    xr = lambda t: x + (wb + (wt - wb) * t)
    yy = lambda t: y + (top - y) * t
    L, M, D = p["lit"], p["mid"], p["dark"]
    st = ((0, L), (0.35, M), (1, D)) if p.get("side", -1) < 0 else ((0, D), (0.65, M), (1, L))
    c.set_source(lin(x - wb, 0, x + wb, 0, *st))
    poly(c, [(xl(0) - h * .01, y), (xl(0.04), yy(0.04)), (xl(1), top), (xr(1), top), (xr(0.04), yy(0.04)), (xr(0) + h * .01, y)])
    c.fill()
    R = p["band"]
    sr = ((0, R[0]), (0.35, R[1]), (1, R[2])) if p.get("side", -1) < 0 else ((0, R[2]), (0.65, R[1]), (1, R[0]))
    for a, b in ((0.30, 0.47), (0.66, 0.83)):
        c.set_source(lin(x - wb, 0, x + wb, 0, *sr))
        c.move_to(xl(a), yy(a)); c.curve_to(xl(a) + wb * .4, yy(a) + h * .012, xr(a) - wb * .4, yy(a) + h * .012, xr(a), yy(a))
        c.line_to(xr(b), yy(b)); c.curve_to(xr(b) - wb * .4, yy(b) + h * .009, xl(b) + wb * .4, yy(b) + h * .009, xl(b), yy(b))
        c.close_path(); c.fill()
    for t, dx in ((0.15, -.1), (0.385, .1), (0.57, -.1), (0.745, .1)):  # stair windows
        ww, hh = h * .013, h * .034
        c.rectangle(x + dx * wb - ww / 2, yy(t) - hh / 2, ww, hh * .75)
        c.arc(x + dx * wb, yy(t) - hh / 2, ww / 2, math.pi, 0)
        src(c, p["win"]); c.fill()
    c.rectangle(x - h * .022, y - h * .075, h * .044, h * .075); src(c, p["door"]); c.fill()
    c.arc(x, y - h * .075, h * .022, math.pi, 0); c.fill()
    # corbels, gallery, rail
    gw = wt * 1.5
    src(c, D); poly(c, [(x - wt, top), (x - gw, top - h * .03), (x + gw, top - h * .03), (x + wt, top)]); c.fill()
    c.set_source(lin(x - gw, 0, x + gw, 0, *st)); c.rectangle(x - gw * 1.05, top - h * .042, gw * 2.1, h * .014); c.fill()
    src(c, p["iron"]); c.set_line_width(h * .0035)
    for i in range(11):
        xx = x - gw + i * gw / 5
        c.move_to(xx, top - h * .042); c.line_to(xx, top - h * .085)
    for k in (.064, .085):
        c.move_to(x - gw, top - h * k); c.line_to(x + gw, top - h * k)
    c.stroke()
    # lantern room
    lw, l0, l1 = wt * .78, top - h * .042, top - h * .155
    c.rectangle(x - lw, l1, lw * 2, l0 - l1)
    c.set_source(lin(0, l1, 0, l0, (0, p["glass"][0]), (1, p["glass"][1]))); c.fill()
    src(c, p["lamp"])
    c.save(); c.translate(x, (l0 + l1) / 2 + h * .008); c.scale(lw * .42, h * .036); c.arc(0, 0, 1, 0, 7); c.restore(); c.fill()
    src(c, p["iron"]); c.set_line_width(h * .0045)
    for i in range(5):
        xx = x - lw + i * lw / 2
        c.move_to(xx, l0); c.line_to(xx, l1)
    c.stroke()
    c.rectangle(x - lw * 1.1, l1 - h * .008, lw * 2.2, h * .012); c.fill()
    c.set_source(lin(x - lw, 0, x + lw, 0, *sr))
    c.move_to(x - lw * 1.05, l1 - h * .008); c.curve_to(x - lw * .95, l1 - h * .06, x - lw * .3, l1 - h * .075, x, l1 - h * .078)
    c.curve_to(x + lw * .3, l1 - h * .075, x + lw * .95, l1 - h * .06, x + lw * 1.05, l1 - h * .008); c.close_path(); c.fill()
    src(c, p["iron"]); c.arc(x, l1 - h * .084, h * .011, 0, 7); c.fill()
    c.set_line_width(h * .004); c.move_to(x, l1 - h * .09); c.line_to(x, l1 - h * .125); c.stroke()
    return x, (l0 + l1) / 2 + h * .008


def cottage(c, x, y, w, p, flip=1):
    h = w * .30
    c.save(); c.translate(x, y); c.scale(flip, 1)
    src(c, p["mid"] if p.get("side", -1) * flip < 0 else p["dark"]); c.rectangle(0, -h, w, h); c.fill()
    src(c, p["dark"]); poly(c, [(w * .78, -h), (w * .89, -h * 1.7), (w, -h), (w, 0), (w * .78, 0)]); c.fill()
    src(c, p["roof"]); poly(c, [(-w * .03, -h), (w * .06, -h * 1.72), (w * .89, -h * 1.72), (w * .78, -h)]); c.fill()
    for xx in (.12, .68):
        src(c, p["dark"]); c.rectangle(w * xx, -h * 2.1, w * .07, h * .6); c.fill()
    for xx in (.08, .24, .54, .66):
        src(c, p["win"]); c.rectangle(w * xx, -h * .72, w * .065, h * .34); c.fill()
    src(c, p["door"]); c.rectangle(w * .40, -h * .7, w * .08, h * .7); c.fill()
    c.restore()


def headland(img, side, ytop, reach, p, seed, hor):
    """Rock and turf from one edge of the picture; returns the picture and the crest line."""
    h, w = img.shape[:2]
    x = np.arange(w) / w
    if side > 0:
        x = 1 - x
    n = noise1(w * 2, 1.1, seed)[:w]
    crest = ytop + .10 * smooth(.45 * reach, .78 * reach, x) + .38 * smooth(.72 * reach, reach * 1.05, x) + .012 * n * (.4 + x)
    crest = crest * h
    foot = (.83 + .05 * noise1(w * 2, 1.0, seed + 5)[:w] + .09 * (1 - x / reach)) * h
    Y = np.arange(h)[:, None]
    m = smooth(-1, 1, Y - crest[None]) * (1 - smooth(-3, 3, Y - foot[None])) * (x < reach * 1.08)[None]
    t = noise(h, w, 1.75, .7, 1.0, seed + 1)
    gy, gx = np.gradient(ndi.gaussian_filter(t, 1.5))
    lit = np.clip(.5 + (-gx * p["lx"] - gy) * 26, 0, 1)
    dep = (Y - crest[None]) / (h * .3)
    rock = mix(mix(np.zeros_like(img) + rgb(p["rockd"]), rgb(p["rockl"]), lit * (.9 - .45 * np.clip(dep, 0, 1))), rgb(p["rockd"]), smooth(.5, 1.4, dep) * .6)
    g = noise(h, w, 1.6, .4, 1.6, seed + 2)
    turf = mix(np.zeros_like(img) + rgb(p["turfd"]), rgb(p["turfl"]), np.clip(g * 1.2 - .1, 0, 1))
    k = 1 - smooth(.10, .24, dep + (g - .5) * .34 + .5 * smooth(.5, 1.0, x / reach)[None])
    col = mix(rock, turf, k)
    wet = smooth(-.05 * h, 0, Y - foot[None])
    col = mix(col, rgb(p["rockd"]) * .6, wet * .75)
    img = mix(img, col, m)
    foam = np.exp(-((Y - foot[None] - 3) / (h * .008)) ** 2) * (noise(h, w, 1.2, 1.5, 1, seed + 3) > .42) * (x < reach * .86)[None]
    img = mix(img, rgb(p["foam"]), ndi.gaussian_filter(foam.astype(np.float32), 1.5) * .8)
    return img, crest


def beam(img, lx, ly, ang, spread, col, a, length):
    h, w = img.shape[:2]
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    dx, dy = xx - lx, yy - ly
    r = np.hypot(dx, dy) + 1e-3
    da = (np.arctan2(dy, dx) - ang + np.pi) % (2 * np.pi) - np.pi
    b = np.exp(-(da / spread) ** 2) * np.exp(-r / length) * smooth(0, 30, r)
    return screen(img, rgb(col), b * a)


LANTERN = [0, 0]


def lighthouse(sky, cloud, sun, hillc, sea, p, side, tx, th, seed, hor=.66, stars=0, fog=None, beams=None, refl=.6, tint=None):
    h, w = H * S, W * S
    hr = int(hor * h)
    img = vgrad(h, w, [(s * hor, c) for s, c in sky] + [(1, sky[-1][1])])
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    if stars:
        r = np.random.default_rng(seed)
        st = np.zeros((h, w), np.float32)
        n = stars
        ys, xs = (r.random(n) ** 1.25 * hr * .95).astype(int), r.integers(0, w, n)
        st[ys, xs] = r.random(n) ** 6 * .8 + .08
        big = ndi.gaussian_filter(st, 1.1) * 9 + ndi.gaussian_filter(st * (st > .7), 3.5) * 16
        mw = np.exp(-((yy - (h * .10 + xx * .22)) / (h * .13)) ** 2) * noise(h, w, 1.9, 1, 1, seed + 40)
        img = screen(img, rgb("#8fa3cf"), mw * .30)
        img = img + big[..., None] * rgb("#fff6e6") * (1 - smooth(.55 * hr, hr, yy))[..., None]
    if sun:
        sx, sy, sr, sc, gc, ga = sun
        img = screen(img, rgb(gc), glow(h, w, sx * w, sy * h, sr * w * 5, 1.7) * ga)
        img = screen(img, rgb(gc), glow(h, w, sx * w, sy * h, sr * w * 1.6, 2.2) * ga)
        if sc:
            img = mix(img, rgb(sc), 1 - smooth(sr * w * .92, sr * w * 1.02, np.hypot(xx - sx * w, yy - sy * h)))
    for cc, hi, amt, cs, th0, th1 in cloud:
        n = noise(h, w, 1.95, 2.6, .9, cs)
        n = n * (0.75 + .25 * smooth(0, hr, yy)) 
        a = smooth(th0, th1, n) * amt * (1 - smooth(hr * .93, hr, yy) * .6)
        edge = smooth(th0 - .05, th0 + .08, n) - smooth(th0 + .08, th1 + .1, n)
        if sun:
            near = glow(h, w, sun[0] * w, sun[1] * h, w * .35, 2)
            cl = mix(np.zeros_like(img) + rgb(cc), rgb(hi), np.clip(edge * .7 + near * .7, 0, 1))
        else:
            cl = mix(np.zeros_like(img) + rgb(cc), rgb(hi), np.clip(edge, 0, 1))
        img = mix(img, cl, a)
    img = hills(img, hr, hillc, seed + 11)
    pre = img.copy()
    d, s = waves(h, w, hr, seed + 3)
    # tower seen in the water: draw the land twice, the first only to be mirrored
    img = reflect(img, hr, d, s, [(0, sea[0]), (hor, sea[0]), (1, sea[1])], refl)
    if sun:
        gl = np.exp(-((xx - sun[0] * w) / (w * (.02 + .10 * d))) ** 2) * smooth(.05, .6, s + .25 * (1 - d)) * (yy > hr)
        img = screen(img, rgb(sun[4]), gl * .75 * min(1, sun[5] * 1.6))
    if fog:
        fn = noise(h, w, 2.1, 2.6, .9, seed + 21)
        img = mix(img, rgb(fog[0]), np.clip(fog[1] * (.75 + .5 * fn), 0, 1) * (1 - .45 * smooth(hr, h, yy)))
    img, crest = headland(img, side, hor - .075, .66, p, seed + 7, hr)
    L = Layer(h, w)
    X = tx * w
    Y = crest[int(X)] + 8
    cw = w * .15
    cottage(L.c, X + (-1 if side < 0 else 1) * w * .075, Y + 4, cw, p, -1 if side < 0 else 1)
    lx, ly = tower(L.c, X, Y + 4, th * h, p)
    LANTERN[:] = [lx, ly]
    img = L.over(img)
    # path and turf in front of the tower's foot
    r = np.random.default_rng(seed + 5)
    L = Layer(h, w)
    for _ in range(1500):
        gx = r.normal(X, w * .16); 
        if not 0 <= gx < w or (gx / w if side < 0 else 1 - gx / w) > .47: continue
        gy = crest[int(gx)] + r.random() * 14
        src(L.c, p["turfl"] if r.random() < .5 else p["turfd"], .8); L.c.set_line_width(1.4)
        L.c.move_to(gx, gy + 8); L.c.line_to(gx + r.normal(0, 4), gy - 4 - r.random() * 9); L.c.stroke()
    img = L.over(img)
    if fog:
        fn = noise(h, w, 2.0, 2.4, .9, seed + 31)
        band = np.clip(fog[2] * (.35 + 1.0 * fn), 0, 1) * (.55 + .45 * np.exp(-((yy - hr * .98) / (h * .17)) ** 2))
        img = mix(img, rgb(fog[0]), np.clip(band, 0, .93))
    if beams:
        for ang, sp, col, a, ln in beams:
            img = beam(img, lx, ly, ang, sp, col, a, ln * w)
        img = screen(img, rgb("#ffe9b5"), glow(h, w, lx, ly, w * .011, 2.1))
        img = screen(img, rgb("#ffd890"), glow(h, w, lx, ly, w * .05, 2.0) * .45)
    if tint:
        img = img * rgb(tint[0]) * tint[1]
    return finish(img)


DAY = dict(lit="#fff6ea", mid="#efe3d6", dark="#a59aa0", band=("#d9574a", "#b93f3a", "#6e2a33"), win="#3b4657", door="#2f5d6b", iron="#2c2f3a",
           glass=("#9fc0cf", "#dbe9ea"), lamp="#fff3c8", roof="#6d5a5c", rockl="#c7a890", rockd="#5a4a4c", turfl="#a8ad5c", turfd="#5d7046", foam="#fff4ea", lx=1, side=1)


def im_lighthouse_dawn():
    p = dict(DAY)
    return lighthouse([(0, "#7f9fc9"), (.45, "#bccbe0"), (.75, "#f6d9c8"), (.93, "#fdd9a9"), (1, "#fbc48f")],
                      [("#c9bfd0", "#fff0dc", .75, 5, .52, .8), ("#e9cfc9", "#fff3da", .6, 8, .55, .85)],
                      (.77, .585, .018, "#fffbe8", "#ffd79a", .55),
                      [("#b9b6c9", 1.3), ("#97a0b4", .8), ("#77889a", .45)], ("#e9c3a4", "#4d7a8c"), p, -1, .27, .53, 101, refl=.72)


def im_lighthouse_dusk():
    p = dict(lit="#f6b98f", mid="#b98a8c", dark="#4a3f5c", band=("#c9503f", "#8c3140", "#3b1f38"), win="#ffce7a", door="#2a2a44", iron="#1d1a2e",
             glass=("#ffd98a", "#fff0bf"), lamp="#fffbe6", roof="#3a3048", rockl="#8a5f62", rockd="#241f33", turfl="#6b5a4c", turfd="#332f3c", foam="#e3b7b0", lx=-1, side=-1)
    return lighthouse([(0, "#232a55"), (.35, "#5a4a7d"), (.62, "#b5637c"), (.84, "#f0875f"), (1, "#fdbd6d")],
                      [("#4b3c66", "#ff9d70", .85, 15, .50, .78), ("#8a4d6d", "#ffc285", .6, 18, .58, .85)],
                      (.20, .63, .020, "#fff0c4", "#ff9a55", .6),
                      [("#8d5672", 1.2), ("#5f4266", .8), ("#3f3054", .4)], ("#d9785f", "#252a4e"), p, 1, .72, .53, 202, refl=.75,
                      beams=[(math.pi + .13, .045, "#ffe0a0", .55, .5), (.13, .045, "#ffe0a0", .45, .4)])


def im_lighthouse_night(beams=True):
    p = dict(lit="#8e9cc0", mid="#586690", dark="#1b2340", band=("#6a3348", "#452639", "#1d1530"), win="#ffc765", door="#12182c", iron="#0b1020",
             glass=("#ffe7a6", "#fff6d6"), lamp="#ffffff", roof="#182038", rockl="#3b4766", rockd="#0c1122", turfl="#2d3a4e", turfd="#151d31", foam="#7f95bd", lx=-1, side=-1)
    return lighthouse([(0, "#050a1f"), (.45, "#0f1d42"), (.8, "#21406c"), (1, "#3d6284")],
                      [("#101c3a", "#33507c", .55, 25, .60, .92)],
                      (.17, .17, .016, "#fdf8e6", "#9db4dc", .22),
                      [("#1b3153", 1.1), ("#13243f", .7), ("#0c182d", .4)], ("#2a4a70", "#060c1f"), p, 1, .66, .55, 303, stars=1500, refl=.7,
                      beams=[(math.pi + .10, .05, "#fff0c0", .85, .75), (.02, .05, "#fff0c0", .7, .5)] if beams else None)


def im_lighthouse_fog():
    p = dict(lit="#e9ebe8", mid="#d5d9d8", dark="#9ba4a8", band=("#b9776f", "#a3635f", "#7b5558"), win="#6d7880", door="#5b7179", iron="#566068",
             glass=("#f3e6c4", "#fff6dc"), lamp="#ffffff", roof="#8a8688", rockl="#9aa09c", rockd="#565f63", turfl="#8f9a80", turfd="#66735f", foam="#eef0ee", lx=1, side=1)
    return lighthouse([(0, "#c5ced2"), (.6, "#d5dad9"), (1, "#dcdfdb")], [("#bcc6ca", "#e8eae7", .6, 35, .45, .9)], None,
                      [("#c3cbcd", 1.2), ("#b3bdc0", .7)], ("#cfd5d3", "#7f9096"), p, -1, .33, .54, 404, refl=.8,
                      fog=("#dde1df", .5, .55), beams=[(.06, .10, "#fff6da", .30, .25), (math.pi + .06, .10, "#fff6da", .30, .2)])


# ---------------------------------------------------------------- register
SAVES = {}
def reg(name, **kw):
    def deco(f):
        SAVES[name] = (f, kw); return f
    return deco

T = "Brightwater"
reg("lighthouse-dawn.jpg", exif=lambda: exif(T, "BW-35", "2022:05:14 05:21:08", 52.0431, -4.7312, f=(56, 10), exp=(1, 160), iso=200, focal=(35, 1), who="Hana Brisk", what="The tower from the slip, first light"))(im_lighthouse_dawn)
reg("lighthouse-dusk.jpg", exif=lambda: exif(T, "BW-35", "2021:10:02 18:47:33", 52.0436, -4.7305, f=(4, 1), exp=(1, 60), iso=400, focal=(35, 1), who="Hana Brisk", what="Lighting-up time"))(im_lighthouse_dusk)
reg("lighthouse-night.jpg", exif=lambda: exif("Orrin", "Nightjar II", "2023:01:19 22:10:00", 52.0428, -4.7321, f=(28, 10), exp=(20, 1), iso=1600, focal=(24, 1), lens="Nightjar 24mm f/2.8", who="Sunil Dattani", what="Two beams and the Milky Way"))(im_lighthouse_night)
reg("lighthouse-fog.jpg")(im_lighthouse_fog)

if __name__ == "__main__":
    import more_images  # noqa: F401  registers the other pictures
    import __main__
    more_images.register(__main__)
    import charts_birds
    charts_birds.register(__main__)
    want = sys.argv[1:]
    for n, (f, kw) in SAVES.items():
        if want and not any(k in n for k in want):
            continue
        kw = dict(kw)
        if callable(kw.get("exif")):
            kw["exif"] = kw["exif"]()
        r = f()
        if r is not None:
            save(r, n, **kw)
