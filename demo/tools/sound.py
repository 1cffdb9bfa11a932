#!/usr/bin/env python3
"""Sound and subtitles of the demo reels.

sound.py audio SCENE LANG|none SECONDS OUT.wav   a slow pad, with the narration spoken over it by espeak-ng
sound.py subs  SCENE LANG OUT.vtt|OUT.srt        the narration as a subtitle file
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np

RATE = 48_000
HERE = pathlib.Path(__file__).parent
NARRATION = json.loads((HERE / "narration.json").read_text(encoding="utf-8"))
VOICES = {"en": ["-v", "en-gb", "-s", "138", "-p", "38"], "ko": ["-v", "ko", "-s", "150", "-p", "40"], "es": ["-v", "es", "-s", "145", "-p", "38"]}
# Chords in semitones above a root: each scene has its own four.
CHORDS = {
    "tide": (110.0, [(0, 7, 12, 15), (-4, 3, 8, 12), (-2, 5, 10, 14), (-5, 2, 7, 10)]),
    "orbit": (82.41, [(0, 7, 14, 19), (3, 10, 14, 17), (-2, 5, 12, 17), (-4, 8, 12, 15)]),
    "strata": (98.0, [(0, 4, 7, 14), (-3, 4, 9, 12), (5, 9, 12, 16), (-5, 2, 7, 11)]),
    "lattice": (123.47, [(0, 3, 10, 14), (1, 5, 8, 13), (-2, 3, 7, 12), (-4, 0, 8, 15)]),
    "neon": (92.5, [(0, 3, 7, 10), (-4, 0, 3, 8), (-2, 2, 5, 10), (-7, 0, 5, 9)]),
    "drift": (130.81, [(0, 4, 7, 11), (-3, 0, 4, 7), (2, 5, 9, 12), (-5, -1, 2, 5)]),
}


def pad(scene, seconds):
    """Detuned sines that swell from chord to chord, a bell on every bar."""
    t = np.arange(int(seconds * RATE)) / RATE
    root, chords = CHORDS[scene]
    out = np.zeros_like(t)
    bar = 8.0
    for i in range(int(seconds / bar) + 1):
        start = i * bar
        lo, hi = max(0, int((start - 2) * RATE)), min(len(t), int((start + bar + 2) * RATE))
        if lo >= hi:
            break
        x = t[lo:hi] - start
        env = np.clip((x + 2) / 4, 0, 1) * np.clip((bar + 2 - x) / 4, 0, 1)
        env = env * env * (3 - 2 * env)
        for k, step in enumerate(chords[i % 4]):
            f = root * 2 ** (step / 12)
            swell = 0.75 + 0.25 * np.sin(2 * np.pi * (0.11 + 0.03 * k) * x + k)
            out[lo:hi] += 0.055 * env * swell * (np.sin(2 * np.pi * f * x) + np.sin(2 * np.pi * f * 1.004 * x + 1) + 0.3 * np.sin(4 * np.pi * f * x))
        if start < seconds:
            lo = int(start * RATE)
            x = t[lo:min(len(t), lo + 4 * RATE)] - start
            f = root * 4 * 2 ** (chords[i % 4][i % 4] / 12)
            out[lo:lo + len(x)] += 0.06 * np.exp(-x * 1.6) * np.sin(2 * np.pi * f * x) * np.clip(x * 200, 0, 1)
    fade = np.clip(t / 1.0, 0, 1) * np.clip((seconds - t) / 1.5, 0, 1)
    return out * fade


def speech(text, lang):
    with tempfile.NamedTemporaryFile(suffix=".wav") as f:
        subprocess.run(["espeak-ng", *VOICES[lang], "-w", f.name, text], check=True)
        with wave.open(f.name) as w:
            rate, data = w.getframerate(), np.frombuffer(w.readframes(w.getnframes()), dtype="<i2").astype(float) / 32768
    n = int(len(data) * RATE / rate)
    return np.interp(np.arange(n) * rate / RATE, np.arange(len(data)), data)


def audio(scene, lang, seconds, out):
    mix = pad(scene, seconds)
    if lang != "none":
        for start, _, texts in NARRATION[scene]:
            voice = 0.55 * speech(texts[lang], lang)
            at = int(start * RATE)
            voice = voice[: max(0, len(mix) - at)]
            mix[at:at + len(voice)] = mix[at:at + len(voice)] * 0.6 + voice
    pcm = (np.clip(mix, -1, 1) * 30_000).astype("<i2")
    with wave.open(out, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(pcm.tobytes())


def stamp(s, comma):
    ms = round(s * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}{',' if comma else '.'}{ms % 1000:03}"


def subs(scene, lang, out):
    srt = out.endswith(".srt")
    blocks = [] if srt else ["WEBVTT"]
    for n, (start, end, texts) in enumerate(NARRATION[scene], 1):
        timing = f"{stamp(start, srt)} --> {stamp(end, srt)}"
        blocks.append(f"{n}\n{timing}\n{texts[lang]}")
    pathlib.Path(out).write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1] == "audio":
        audio(sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5])
    else:
        subs(sys.argv[2], sys.argv[3], sys.argv[4])
