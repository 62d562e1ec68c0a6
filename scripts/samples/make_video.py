"""Draws samples/video frame by frame and hands the frames to ffmpeg. Run: python make_video.py [name ...]"""
import math
import os
import subprocess
import sys
import tempfile
import numpy as np
from scipy import ndimage as ndi
from scipy.io import wavfile
import make_images as mi
import more_images as mo
import make_audio as ma
from art import *

OUT = os.path.join(os.path.dirname(__file__), "../../samples/video")
mi.W, mi.H, mo.W, mo.H = 480, 320, 480, 320
W, H, FPS = 960, 640, 15


def film(name, frames, sound=None, title="", crf=None):
    p = os.path.join(OUT, name)
    with tempfile.TemporaryDirectory() as d:
        extra, amap = [], []
        if sound is not None:
            w = os.path.join(d, "a.wav")
            x = sound / np.abs(sound).max() * .7
            wavfile.write(w, ma.SR, (x * 32767).astype(np.int16))
            extra = ["-i", w]
            amap = ["-c:a", "aac", "-b:a", "56k", "-shortest"] if name.endswith("mp4") else ["-c:a", "libopus", "-b:a", "40k", "-shortest"]
        v = ["-c:v", "libx264", "-preset", "slow", "-crf", str(crf or 25), "-movflags", "+faststart"] if name.endswith("mp4") else ["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", str(crf or 36), "-cpu-used", "3"]
        pr = subprocess.Popen(["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{W}x{H}", "-r", str(FPS), "-i", "-", *extra,
                               "-vf", "scale=480:320:flags=lanczos", "-pix_fmt", "yuv420p", *v, *amap, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-metadata", "title=" + title, p], stdin=subprocess.PIPE)
        n = 0
        for f in frames:
            pr.stdin.write((np.clip(f, 0, 1) * 255 + .5).astype(np.uint8).tobytes()); n += 1
        pr.stdin.close(); pr.wait()
    print(name, os.path.getsize(p) // 1024, "KB", n / FPS, "s", flush=True)


def noise_bed(sec, seed, lo, hi, marks=()):
    n = int(sec * ma.SR); tt = ma.t(sec); w = np.random.default_rng(seed).standard_normal(n)
    e = .18 + sum(np.where(tt < a, np.exp((tt - a) / .7), np.exp(-(tt - a) / 1.0)) for a in marks)
    return ma.fade(ma.band(w, lo, hi) * e, .3, .4)


def beam_film():
    base = mi.im_lighthouse_night(False)
    lx, ly = mi.LANTERN
    n = 6 * FPS
    lamp = glow(H, W, lx, ly, 10, 2.1)
    for k in range(n):
        img = base
        flash = 0
        for j in (0, 1):
            th = 2 * math.pi * (k / n) + j * math.pi + .4
            cx, sn = math.cos(th), math.sin(th)
            ang = math.atan2(-.10 * sn, cx)
            img = mi.beam(img, lx, ly, ang, .045 + .06 * abs(sn) ** 3, "#fff0c0", .9 * (1 - .35 * (sn > 0)) * (.25 + .75 * abs(cx)), W * (.06 + .62 * abs(cx)))
            flash = max(flash, max(0, -sn) ** 24)
        img = screen(img, rgb("#ffe9b5"), lamp * (.7 + .3 * flash))
        img = screen(img, rgb("#ffe2a0"), glow(H, W, lx, ly, 36 + 70 * flash, 2.0) * (.35 + .55 * flash))
        yield img


def boat_film():
    sky, hr, xx, yy = mo.sky_scene([(0, "#6fa3cc"), (.6, "#b7d5e2"), (1, "#f4ead8")], [("#e9eef0", "#ffffff", .85, 91, .52, .8)], None, [("#9fb9bf", 1.4), ("#6f9a86", .7)], .50, 911)
    p = dict(top="#e8604c", hull="#c2402f", low="#5c2226", rail="#f6ead6", cab="#fbf6ea", cabd="#d0cdc6", win="#3b5563", spar="#5a4a3c", flag="#e0a03c")
    n = 5 * FPS
    for k in range(n):
        u = k / (n - 1)
        d, s = waves(H, W, hr, 913, phase=k * .55, size=1.1)
        img = reflect(sky, hr, d, s, [(0, "#cfdcd8"), (.5, "#a9c9cd"), (1, "#2d7486")], .6, 26)
        X = W * (-.16 + 1.30 * u); Y = H * .70 + 5 * math.sin(k * .42); L0 = W * .24; tl = .03 * math.sin(k * .42 + 1)
        wake = np.exp(-((yy - (H * .715 + (X - xx) * .03)) / (5 + np.clip(X - xx, 0, None) * .05)) ** 2) * np.clip((X + L0 * .3 - xx) / 60, 0, 1) * np.exp(-np.clip(X - xx, 0, None) / 330)
        img = mix(img, rgb("#f5fbfa"), wake * (.35 + .5 * smooth(-.2, .6, s)))
        L = Layer(H, W); mo.cabin(L.c, X, Y, L0, p, 1, tl); mo.hull(L.c, X, Y, L0, p, 1, tl)
        img = L.over(img)
        img = mix(img, rgb("#f7fcfb"), glow(H, W, X + L0 * .42, Y + 6, 13, 3) * .8)
        L = Layer(H, W); src(L.c, "#f7f9f8"); L.c.set_line_width(3)
        for g in range(4):
            bx, by = X - 60 + g * 55 + 18 * math.sin(k * .1 + g * 2), H * (.26 + .05 * g % .12) + 14 * math.sin(k * .13 + g)
            b = 15; f = .35 * math.sin(k * .9 + g * 1.7)
            L.c.move_to(bx - b, by - b * f); L.c.curve_to(bx - b * .5, by - b * (.3 + f * .6), bx - b * .2, by - 3, bx, by); L.c.curve_to(bx + b * .2, by - 3, bx + b * .5, by - b * (.3 + f * .6), bx + b, by - b * f); L.c.stroke()
        yield L.over(img)


def boat_sound():
    x = noise_bed(5, 3, 250, 3000, (1.2, 3.9)) * 1.2
    tt = ma.t(5); rate = 7.2
    put = np.zeros_like(tt)
    for a in np.arange(.05, 4.95, 1 / rate):
        u = tt - a
        put += np.where(u > 0, np.exp(-np.clip(u, 0, 1) * 55) * np.sin(2 * np.pi * 82 * u), 0)
    return ma.fade(x * .5 + put * np.exp(-((tt - 2.5) / 1.9) ** 2) * .35, .2, .4)


def tide_film():
    sky, hr, xx, yy = mo.sky_scene([(0, "#8fb5cf"), (.6, "#cfe0e2"), (1, "#f7e6cf")], [("#dfe5e8", "#fffaf0", .8, 95, .5, .8)], None, [("#a9bfc6", 1.4), ("#7d9f93", .8)], .36, 951)
    t0 = noise(H, W, 1.5, 1.6, 1, 952); rip = noise(H, W, 1.6, 3.0, .7, 953)
    gy, _ = np.gradient(ndi.gaussian_filter(rip, 1))
    sand = mix(np.zeros((H, W, 3), np.float32) + rgb("#c8ab7f"), rgb("#e6d0a4"), t0) * (1 + np.clip(gy * 9, -.16, .16))[..., None]
    shape = noise1(W * 2, 1.25, 954)[:W]
    p = dict(top="#4c8a98", hull="#2d6273", low="#1a3b48", rail="#f3e7cf")
    r = np.random.default_rng(5)
    rocks = [(r.uniform(.04, .96) * W, H * r.uniform(.50, .80), r.uniform(26, 62), r.integers(1e6)) for _ in range(9)]
    n = 6 * FPS
    for k in range(n):
        u = k / (n - 1); u = u * u * (3 - 2 * u)
        d, s = waves(H, W, hr, 955, phase=k * .35)
        sea = reflect(sky, hr, d, s, [(0, "#cfd9d3"), (.36, "#b9d0d0"), (1, "#4f95a1")], .62, 22)
        line = H * (.47 + .40 * u) + shape * 34 + 5 * math.sin(k * .45) + 5 * np.sin(np.arange(W) / 70 + k * .2)
        dist = yy - line[None]
        wet = np.exp(-np.clip(dist, 0, None) / 45)
        ground = sand * (1 - .42 * wet)[..., None]
        ground = mix(ground, sky[::-1] * .9, (wet ** 2 * .35))
        shallow = np.exp(np.clip(dist, None, 0) / 50)
        water = mix(sea, sand * rgb("#b7d3c8"), shallow * .55 * (yy > hr))
        img = mix(water, ground, smooth(-1.5, 1.5, dist))
        foam = np.exp(-((dist + 2) / 3.2) ** 2) + .5 * np.exp(-((dist + 16 + 5 * math.sin(k * .3)) / 2.4) ** 2)
        img = mix(img, rgb("#ffffff"), np.clip(foam * (.5 + .6 * t0), 0, .9))
        L = Layer(H, W)
        for x, y, sz, sd in sorted(rocks, key=lambda q: q[1]):
            q = np.random.default_rng(sd); lev = line[int(x)]
            sink = np.clip((lev - y) * .55, 0, 200)
            if sink > sz * .9: continue
            pts = [(x + math.cos(a) * sz * (1 + q.uniform(-.15, .15)), y - max(0, math.sin(a)) * sz * .75 * (1 + q.uniform(-.15, .15)) + (3 if math.sin(a) < 0 else 0)) for a in np.linspace(0, math.pi, 9)]
            L.c.save(); L.c.rectangle(0, 0, W, y - sink + 4); L.c.clip()
            poly(L.c, pts); L.c.set_source(lin(x - sz, y - sz, x + sz, y, (0, "#8d8580"), (.6, "#5d5654"), (1, "#3a3638"))); L.c.fill()
            L.c.restore()
            if sink > 0:
                src(L.c, "#ffffff", .7); L.c.set_line_width(3); L.c.move_to(x - sz * .9, y - sink + 4); L.c.curve_to(x - sz * .3, y - sink + 8, x + sz * .3, y - sink + 8, x + sz * .9, y - sink + 4); L.c.stroke()
        # tide pole
        px, py = W * .80, H * .70; sink = np.clip((line[int(px)] - py) * .75, 0, 240)
        for i in range(10):
            src(L.c, "#f4efe4" if i % 2 else "#b8392f"); y1 = py - i * 27
            if y1 - 27 < py - sink: 
                top, bot = y1 - 27, min(y1, py - sink)
                L.c.rectangle(px - 8, top, 16, bot - top); L.c.fill()
        # the dinghy lies over on the sand until the water reaches her
        bx, by = W * .36, H * .66; fl = np.clip((line[int(bx)] - by - 12) / 40, 0, 1)
        lift = np.clip((line[int(bx)] - by - 12) * .16, 0, 40)
        mo.hull(L.c, bx, by - lift + fl * 4 * math.sin(k * .5), W * .26, p, 1, (1 - fl) * .10 + fl * .025 * math.sin(k * .4))
        yield L.over(img)


def rain_film():
    sky, hr, xx, yy = mo.sky_scene([(0, "#56636d"), (.6, "#87949a"), (1, "#b3bab8")], [("#4d5963", "#8a969c", .85, 97, .4, .75)], None, [("#87959a", 1.4), ("#66767a", .8)], .44, 971)
    d, s0 = waves(H, W, hr, 972)
    r = np.random.default_rng(6)
    drops = [(r.integers(0, 60), r.uniform(0, W), hr + 14 + (H - hr - 14) * r.random() ** .8, r.uniform(.7, 1.2)) for _ in range(420)]
    streak = [[r.uniform(-60, W), r.uniform(0, H), z] for z in r.uniform(.35, 1, 230)]
    p = dict(top="#b98a3c", hull="#93682b", low="#4b3620", rail="#e9dcc0")
    n = 4 * FPS
    for k in range(n):
        d, s = waves(H, W, hr, 972, phase=k * .22)
        img = reflect(sky, hr, d, s * .7, [(0, "#9aa5a6"), (.44, "#95a2a4"), (1, "#3b545d")], .6, 20)
        L = Layer(H, W); c = L.c
        Y = H * .66 + 2.5 * math.sin(k * .3)
        mo.hull(c, W * .40, Y, W * .30, p, -1, .012 * math.sin(k * .26))
        # wet stone slip, lower right
        c.set_source(lin(W * .55, H * .7, W, H, (0, "#5d666a"), (1, "#3a4145"))); poly(c, [(W, H * .60), (W * .80, H * .66), (W * .52, H), (W, H)]); c.fill()
        src(c, "#2a3034", .6); c.set_line_width(2)
        for i in range(1, 8):
            u = i / 8; c.move_to(W * .80 - W * .28 * u, H * .66 + H * .34 * u); c.line_to(W, H * .60 + H * .34 * u); c.stroke()
        for k0, x, y, z in drops:
            a = (k - k0) % 30
            if a < 9:
                q = (y - hr) / (H - hr); rr = (3 + a * 2.6) * (.25 + q) * z
                c.save(); c.translate(x, y); c.scale(1, .34); c.new_path(); c.arc(0, 0, rr, 0, 7); c.restore()
                src(c, "#e8efef", .75 * (1 - a / 9) * (.4 + .6 * q)); c.set_line_width(1.2 + q); c.stroke()
        for st in streak:
            st[1] += 46 * st[2] + 14; st[0] -= 7 * st[2]
            if st[1] > H: st[1] = -60; st[0] = r.uniform(0, W + 80)
            src(c, "#e6eded", .16 + .26 * st[2]); c.set_line_width(1 + 1.3 * st[2]); c.move_to(st[0], st[1]); c.line_to(st[0] + 7 * st[2], st[1] - 42 * st[2] - 8); c.stroke()
        yield L.over(img)


def rain_sound():
    n = 4 * ma.SR; r = np.random.default_rng(8)
    x = ma.band(r.standard_normal(n), 1200, 8000) * .35 + ma.band(r.standard_normal(n), 200, 900) * .12
    for _ in range(260):
        i = r.integers(0, n - 900); f = r.uniform(900, 3200); u = np.arange(900) / ma.SR
        x[i:i + 900] += r.uniform(.1, .5) * np.sin(2 * np.pi * f * u * (1 + u * 6)) * np.exp(-u * 130)
    return ma.fade(x, .2, .4)


if __name__ == "__main__":
    want = sys.argv[1:]
    night = lambda: noise_bed(6, 2, 120, 1400, (1.5, 4.6))
    for name, f, snd, title, crf in (("beam-turning-at-night.mp4", beam_film, night, "The beam turning", 24), ("launch-crossing-the-bay.mp4", boat_film, boat_sound, "Marigold crossing the bay", 27),
                                ("tide-rising-on-the-flats.webm", tide_film, None, "Tide rising, six hours in six seconds", 38), ("rain-on-the-slip.webm", rain_film, rain_sound, "Rain on the slip", 40)):
        if want and not any(k in name for k in want):
            continue
        film(name, f(), snd() if snd else None, title, crf)
