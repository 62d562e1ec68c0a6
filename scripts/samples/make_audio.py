"""Synthesises samples/audio: bells, surf and wind, horns, birds, morse and a spoken notice."""
import os
import subprocess
import tempfile
import numpy as np
from scipy import signal
from scipy.io import wavfile

OUT = os.path.join(os.path.dirname(__file__), "../../samples/audio")
SR = 22050


def t(sec):
    return np.arange(int(sec * SR)) / SR


def out(x, name, args=(), peak=.85, sr=SR, title=""):
    x = np.asarray(x, np.float64)
    x = x / np.abs(x).max() * peak
    p = os.path.join(OUT, name)
    with tempfile.TemporaryDirectory() as d:
        w = os.path.join(d, "a.wav")
        wavfile.write(w, sr, (x * 32767).astype(np.int16))
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", w, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
                        *(["-metadata", "title=" + title, "-metadata", "artist=Hana Brisk", "-metadata", "album=Sounds of Heron Point"] if title and not name.endswith(".wav") else []), *args, p], check=True)
    print(name, os.path.getsize(p) // 1024, "KB", round(len(x) / sr, 1), "s")


def fade(x, a=.01, b=.05):
    n, m = int(a * SR), int(b * SR)
    x = x.copy()
    e = np.ones(len(x)); e[:n] = np.linspace(0, 1, n); e[-m:] = np.linspace(1, 0, m)
    return x * (e if x.ndim == 1 else e[:, None])


def room(x, sec=1.2, wet=.25, seed=1):
    r = np.random.default_rng(seed)
    n = int(sec * SR)
    ir = r.standard_normal(n) * np.exp(-5 * np.arange(n) / n)
    y = signal.fftconvolve(x, ir)[:len(x)]
    return x + wet * y / np.abs(y).max() * np.abs(x).max()


def bell(f, sec, decay, partials, strikes, seed, clap=.25):
    r = np.random.default_rng(seed)
    x = np.zeros(int(sec * SR))
    for at, vel in strikes:
        n = len(x) - int(at * SR)
        tt = np.arange(n) / SR
        y = np.zeros(n)
        for ratio, amp, k in partials:
            ff = f * ratio
            y += amp * np.exp(-tt * k / decay) * (np.sin(2 * np.pi * ff * tt + r.random() * 6) + .6 * np.sin(2 * np.pi * ff * 1.0028 * tt))
        y *= 1 - np.exp(-tt * 700)
        y += clap * r.standard_normal(n) * np.exp(-tt * 160)
        x[-n:] += y * vel
    return x


CHURCH = [(.5, .8, .5), (1, .9, .9), (1.19, .7, 1.1), (1.5, .4, 1.4), (2, .75, 1.5), (2.51, .35, 2.2), (3.01, .3, 2.8), (4.1, .2, 4), (5.4, .12, 6)]
HAND = [(1, 1, 1), (2.0, .3, 1.6), (2.76, .55, 2.2), (5.4, .3, 4), (8.9, .16, 7)]


def brown(n, seed):
    r = np.random.default_rng(seed)
    f = np.fft.rfft(r.standard_normal(n)); k = np.arange(len(f)) + 1
    return np.fft.irfft(f / k ** .5, n)


def band(x, lo, hi, o=2):
    return signal.sosfilt(signal.butter(o, [lo, hi], "band", fs=SR, output="sos"), x)


def glide(freqs, times, sec):
    tt = t(sec)
    return np.cumsum(np.interp(tt, times, freqs)) / SR * 2 * np.pi


def main():
    # --- bells
    out(fade(room(bell(196, 8, 2.6, CHURCH, [(0.05, 1), (3.4, .9)], 1, .12), 1.6, .2), b=.8), "bell-fog-tower.wav", ["-ar", "22050", "-ac", "1"])
    out(fade(room(bell(392, 7, 1.5, CHURCH, [(.1, .9), (.95, .5), (2.2, 1), (3.5, .6), (3.95, .8), (5.2, .7)], 2, .15), .8, .1) + .03 * brown(7 * SR, 3) / .02 * .02, b=.6), "bell-buoy.mp3", ["-b:a", "80k"], title="Bell buoy off the Flats")
    out(fade(room(bell(1180, 4, .75, HAND, [(.05 + i * .21, 1 if i % 2 else .75) for i in range(9)], 3, .2), .4, .12), b=.5), "bell-kitchen-dinner.ogg", ["-c:a", "libvorbis", "-q:a", "4"], title="Dinner bell")
    # --- sea and wind
    def surf(sec, marks, seed, hiss, rumble, stereo=True):
        n = int(sec * SR); tt = t(sec); ch = []
        for c in range(2 if stereo else 1):
            r = np.random.default_rng(seed + c)
            w = r.standard_normal(n); x = rumble * band(brown(n, seed + 10 + c), 40, 320) * 12
            for at, up, down in marks:
                e = np.where(tt < at, np.exp((tt - at) / up), np.exp(-(tt - at) / down)) 
                d = np.where(tt < at + .4, 0, np.exp(-(tt - at - .4) / (down * 1.3)))
                x += e * band(w, 250, 2600) + hiss * d * band(w, 2200, 8500)
            ch.append(x)
        return fade(np.stack(ch, -1), .3, .5)
    out(surf(9, [(1.7, .55, .8), (4.9, .6, .9), (7.6, .5, .7)], 20, .55, .5), "surf-shingle.mp3", ["-b:a", "96k"], title="Surf on the shingle ridge")
    out(surf(8, [(2.4, 1.0, 1.3), (6.2, 1.1, 1.2)], 30, .12, 1.3, False), "surf-slow-swell.flac", ["-c:a", "flac", "-compression_level", "8"], title="Slow swell under the gallery rock")
    n = 9 * SR; tt = t(9)
    gust = .45 + .3 * np.sin(tt * 1.1) + .22 * np.sin(tt * 2.7 + 1) + .12 * np.sin(tt * 5.3)
    w = np.random.default_rng(40).standard_normal(n)
    x = band(brown(n, 41), 60, 900) * 8 * (.5 + gust)
    for f0, q in ((420, 30), (655, 38)):
        f = f0 * (1 + .22 * (gust - .45)); ph = np.cumsum(f) / SR * 2 * np.pi
        m = signal.sosfilt(signal.butter(2, q, fs=SR, output="sos"), w) * 6
        x += (np.sin(ph) * m + np.cos(ph) * np.roll(m, 900)) * np.clip(gust, 0, 1.2) ** 2 * 1.2
    out(fade(np.stack([x, np.roll(x, 331) * .9 + .1 * w], -1), .4, .6), "wind-in-the-gallery-rail.ogg", ["-c:a", "libvorbis", "-q:a", "4"], title="Wind in the gallery rail")
    # --- fog horns
    def horn(f, sec, on, seed):
        tt = t(sec); x = np.zeros_like(tt)
        for a, b, k in on:
            fr = f * k * (1 + .012 * np.sin(2 * np.pi * 4.5 * tt)) * np.where(tt > b - .35, 1 - .42 * np.clip((tt - b + .35) / .35, 0, 1), 1)
            ph = np.cumsum(fr) / SR * 2 * np.pi
            y = sum(np.sin(ph * h + h) / h ** .75 for h in range(1, 15))
            e = np.clip((tt - a) / .12, 0, 1) * np.clip((b - tt) / .10, 0, 1)
            x += (y + .25 * band(np.random.default_rng(seed).standard_normal(len(tt)), 200, 1600)) * e
        return x
    out(fade(room(horn(174, 7, [(.2, 2.7, 1), (3.6, 5.6, 1)], 50), 1.5, .3), b=.6), "fog-horn-diaphone.m4a", ["-c:a", "aac", "-b:a", "72k"], title="The diaphone, two blasts")
    far = signal.sosfilt(signal.butter(3, 520, fs=SR, output="sos"), horn(131, 8, [(.8, 4.0, 1)], 51))
    out(fade(room(far, 2.4, .8) + .05 * band(brown(8 * SR, 52), 50, 400) * 12, .3, .8), "fog-horn-across-the-bay.mp3", ["-b:a", "64k"], title="Port Averil horn across the bay", peak=.6)
    # --- birds
    def chirps(sec, notes, trem=0):
        tt = t(sec); x = np.zeros_like(tt)
        for at, dur, fs, amp in notes:
            m = int(dur * SR); u = np.arange(m) / SR
            ph = np.cumsum(np.interp(u, np.linspace(0, dur, len(fs)), fs)) / SR * 2 * np.pi
            e = np.sin(np.pi * u / dur) ** .7
            i = int(at * SR); m = min(m, len(x) - i)
            x[i:i + m] += (amp * e * (np.sin(ph) + .12 * np.sin(2 * ph)))[:m]
        return x
    r = np.random.default_rng(60)
    wren = [(.2 + i * .085, .06, [4800 + 900 * (i % 3), 6100 - 500 * (i % 2), 4300], .8) for i in range(14)] + [(1.5 + i * .045, .04, [5600, 4700], .9) for i in range(22)] + [(2.6 + i * .11, .09, [4200, 6400, 5200], 1) for i in range(7)]
    out(fade(room(chirps(4, wren), .5, .12)), "birdsong-wren.wav", ["-ar", "22050", "-ac", "1"])
    lark = []
    a = .1
    while a < 6.6:
        d = r.uniform(.04, .11); f = r.uniform(2600, 5200)
        for _ in range(r.integers(1, 5)):
            lark.append((a, d, [f, f * r.uniform(.8, 1.3), f * r.uniform(.85, 1.15)], r.uniform(.5, 1))); a += d * 1.15
    out(fade(room(chirps(7, lark), .4, .08), b=.4), "birdsong-skylark.ogg", ["-c:a", "libvorbis", "-q:a", "4"], title="Skylark over the sea wall")
    cur = []
    a = .2
    for i in range(3):
        cur.append((a, .75 - .1 * i, [1150, 1250, 1900, 2150], .9)); a += .85 - .1 * i
    for i in range(16):
        k = i / 16
        cur.append((a, .15, [1750 - 120 * k, 2250 - 250 * k, 1800 - 150 * k], .9 - .4 * k)); a += .165 + .05 * k
    out(fade(room(chirps(6.2, cur), 1.2, .25), b=.4), "birdsong-curlew.flac", ["-c:a", "flac", "-compression_level", "8"], title="Curlew, bubbling call")
    # --- morse: HP HP
    code = "....  .--.    ....  .--."
    u = .085; x = [np.zeros(int(.3 * SR))]
    for ch in code:
        if ch == " ":
            x.append(np.zeros(int(u * SR)))
        else:
            d = u if ch == "." else 3 * u
            tone = fade(np.sin(2 * np.pi * 720 * t(d)), .006, .006)
            x += [tone, np.zeros(int(u * SR))]
    x.append(np.zeros(int(.4 * SR)))
    x = np.concatenate(x)
    out(x + .012 * band(np.random.default_rng(70).standard_normal(len(x)), 300, 2400), "morse-call-sign.wav", ["-ar", "11025", "-ac", "1"], peak=.7)
    # --- spoken notice
    with tempfile.TemporaryDirectory() as d:
        w = os.path.join(d, "s.wav")
        subprocess.run(["espeak-ng", "-v", "en-gb", "-s", "145", "-p", "42", "-w", w, "Heron Point. Notice to all boats. High water at six forty. Visibility poor. The channel is closed until noon."], check=True)
        sr, s = wavfile.read(w)
    out(signal.resample_poly(s.astype(float), 320, 441), "spoken-tide-notice.mp3", ["-b:a", "56k"], sr=16000, title="Tide notice, read aloud")


if __name__ == "__main__":
    main()
