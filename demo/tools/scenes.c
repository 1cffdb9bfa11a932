/* The pictures of the demo reels: small per-pixel programs, written as raw RGB to standard output.
 * usage: scenes NAME WIDTH HEIGHT FPS_NUM FPS_DEN SECONDS [START] > frames.rgb
 * With START the pictures begin there and are not faded in and out: that is how the artwork takes its stills. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { float r, g, b; } rgb;

static inline float clampf(float x, float a, float b) { return x < a ? a : x > b ? b : x; }
static inline float mixf(float a, float b, float t) { return a + (b - a) * t; }
static inline float smooth(float a, float b, float x) { float t = clampf((x - a) / (b - a), 0, 1); return t * t * (3 - 2 * t); }
static inline float fractf(float x) { return x - floorf(x); }
static inline rgb mix3(rgb a, rgb b, float t) { rgb c = { mixf(a.r, b.r, t), mixf(a.g, b.g, t), mixf(a.b, b.b, t) }; return c; }
static inline rgb add3(rgb a, rgb b, float k) { rgb c = { a.r + b.r * k, a.g + b.g * k, a.b + b.b * k }; return c; }

static inline float hash1(uint32_t n) {
    n = (n ^ 61u) ^ (n >> 16); n *= 9u; n ^= n >> 4; n *= 0x27d4eb2du; n ^= n >> 15;
    return (n & 0xffffff) / 16777216.0f;
}
static inline float hash2(int x, int y) { return hash1((uint32_t)x * 73856093u ^ (uint32_t)y * 19349663u); }
static float noise2(float x, float y) {
    int ix = (int)floorf(x), iy = (int)floorf(y);
    float fx = x - ix, fy = y - iy;
    fx = fx * fx * (3 - 2 * fx); fy = fy * fy * (3 - 2 * fy);
    return mixf(mixf(hash2(ix, iy), hash2(ix + 1, iy), fx), mixf(hash2(ix, iy + 1), hash2(ix + 1, iy + 1), fx), fy);
}
static float fbm(float x, float y, int n) {
    float s = 0, a = 0.5f;
    for (int i = 0; i < n; i++) { s += a * noise2(x, y); x = x * 2.03f + 17.1f; y = y * 2.01f + 9.2f; a *= 0.5f; }
    return s;
}

/* Stars on a grid that drifts slowly. */
static float stars(float u, float v, float t, float scale) {
    float x = u * scale + t * 0.12f, y = v * scale;
    int ix = (int)floorf(x), iy = (int)floorf(y);
    float h = hash2(ix, iy);
    if (h < 0.82f) return 0;
    float px = ix + 0.2f + 0.6f * hash2(ix + 91, iy), py = iy + 0.2f + 0.6f * hash2(ix, iy + 57);
    float d = (x - px) * (x - px) + (y - py) * (y - py);
    return expf(-d * 260.0f) * (h - 0.82f) * 5.5f;
}

/* Night sea: a moon, its road on the water, seven layers of swell. */
static rgb tide(float u, float v, float t) {
    rgb sky = mix3((rgb){ 0.015f, 0.03f, 0.09f }, (rgb){ 0.13f, 0.22f, 0.38f }, smooth(-0.5f, 0.16f, v));
    float mx = -0.28f + t * 0.0065f, my = -0.24f - 0.02f * sinf(t * 0.05f);
    float md = sqrtf((u - mx) * (u - mx) + (v - my) * (v - my));
    sky = add3(sky, (rgb){ 0.55f, 0.62f, 0.75f }, expf(-md * 7.0f) * 0.55f);
    float crater = fbm((u - mx) * 16, (v - my) * 16, 3);
    sky = mix3(sky, (rgb){ 0.98f - crater * 0.18f, 0.96f - crater * 0.18f, 0.88f - crater * 0.15f }, 1 - smooth(0.078f, 0.082f, md));
    if (v < 0.05f) sky = add3(sky, (rgb){ 0.9f, 0.95f, 1.0f }, stars(u, v, t * 0.1f, 22) * (1 - smooth(-0.1f, 0.05f, v)) * smooth(0.09f, 0.2f, md));
    rgb c = sky;
    for (int i = 0; i < 7; i++) {
        float f = i / 6.0f, amp = 0.008f + 0.03f * f, k = 10.0f - 6.5f * f, sp = 0.5f + 0.9f * f;
        float h = 0.09f + 0.40f * f * f + 0.05f * f
            + amp * (sinf(u * k + t * sp + i * 1.7f) + 0.5f * sinf(u * k * 2.3f - t * sp * 0.7f + i) + 0.25f * sinf(u * k * 4.1f + t * sp * 1.3f));
        float cover = smooth(-0.0016f, 0.0016f, v - h);
        if (cover <= 0) continue;
        rgb w = mix3((rgb){ 0.10f, 0.20f, 0.36f }, (rgb){ 0.008f, 0.03f, 0.075f }, f);
        float depth = v - h;
        w = add3(w, (rgb){ 0.35f, 0.5f, 0.65f }, expf(-depth * (70 - 35 * f)) * 0.22f);
        float road = expf(-(u - mx) * (u - mx) * (26 - 14 * f));
        float gl = sinf(u * (60 - 30 * f) + t * 2.1f * sp + i * 3) * sinf(v * (150 - 80 * f) - t * 2.6f + u * 9);
        w = add3(w, (rgb){ 0.95f, 0.93f, 0.8f }, road * smooth(0.45f, 1.0f, gl) * (0.75f - 0.45f * f));
        c = mix3(c, w, cover);
    }
    return c;
}

/* A ringed planet, a small moon passing in front of it. */
static rgb orbit(float u, float v, float t) {
    rgb c = { 0.012f, 0.012f, 0.03f };
    float neb = fbm(u * 2.2f + t * 0.01f + 4, v * 2.2f + 2, 4);
    c = add3(c, (rgb){ 0.22f, 0.07f, 0.30f }, smooth(0.42f, 0.85f, neb) * 0.9f);
    c = add3(c, (rgb){ 0.02f, 0.16f, 0.26f }, smooth(0.45f, 0.8f, fbm(u * 1.7f - 7, v * 1.7f + t * 0.008f, 4)) * 0.8f);
    float st = stars(u, v, t * 0.3f, 26) + 0.7f * stars(u + 3, v + 1, t * 0.6f, 15);
    c = add3(c, (rgb){ 1, 0.97f, 0.9f }, st);
    float px = 0.16f - t * 0.002f, py = 0.02f, R = 0.27f;
    float dx = u - px, dy = v - py, d2 = dx * dx + dy * dy, tilt = 0.42f;
    float rx = dx * cosf(tilt) + dy * sinf(tilt), ry = (-dx * sinf(tilt) + dy * cosf(tilt)) * 4.4f;
    float rr = sqrtf(rx * rx + ry * ry) / R, ring = 0;
    if (rr > 1.25f && rr < 2.25f) {
        float bands = 0.55f + 0.45f * sinf(rr * 46) * sinf(rr * 17 + 1);
        ring = bands * smooth(1.25f, 1.32f, rr) * (1 - smooth(2.1f, 2.25f, rr)) * (rr > 1.74f && rr < 1.8f ? 0.12f : 0.8f);
        float ang = atan2f(ry, rx);
        ring *= 0.8f + 0.2f * sinf(ang * 14 + t * 0.9f);
    }
    rgb ringc = { 0.93f, 0.78f, 0.58f };
    int front = ry > 0;
    if (!front) c = mix3(c, ringc, ring * 0.75f);
    if (d2 < R * R * 1.06f) {
        float z = sqrtf(fmaxf(R * R - d2, 0)) / R, nx = dx / R, ny = dy / R;
        float lon = asinf(clampf(nx / fmaxf(sqrtf(1 - ny * ny), 0.01f), -1, 1)) + t * 0.10f, lat = nx * sinf(-tilt) + ny * cosf(-tilt);
        float w = fbm(lon * 1.6f, lat * 7, 4);
        float band = 0.5f + 0.5f * sinf(lat * 17 + w * 5);
        rgb p = mix3((rgb){ 0.86f, 0.42f, 0.22f }, (rgb){ 0.98f, 0.83f, 0.6f }, band);
        p = mix3(p, (rgb){ 0.5f, 0.18f, 0.2f }, smooth(0.55f, 0.8f, w));
        float light = clampf(-nx * 0.75f - ny * 0.35f + z * 0.55f, 0, 1);
        p.r *= 0.03f + light; p.g *= 0.03f + light; p.b *= 0.04f + light;
        p = add3(p, (rgb){ 0.9f, 0.55f, 0.35f }, powf(1 - z, 3) * light * 0.6f);
        c = mix3(c, p, 1 - smooth(R * R * 0.985f, R * R, d2));
    }
    c = add3(c, (rgb){ 0.9f, 0.5f, 0.3f }, expf(-fabsf(sqrtf(d2) - R) * 26) * 0.16f * clampf(-dx * 3 + 0.5f, 0, 1));
    if (front) c = mix3(c, ringc, ring * 0.85f);
    float a = t * 0.12f + 2.4f, sx = px + cosf(a) * 0.62f, sy = py + sinf(a) * 0.2f - cosf(a) * 0.1f, sr = 0.035f;
    float sd = sqrtf((u - sx) * (u - sx) + (v - sy) * (v - sy));
    float lit = clampf((-(u - sx) * 0.8f - (v - sy) * 0.4f) / sr + 0.35f, 0.03f, 1);
    c = mix3(c, (rgb){ 0.75f * lit, 0.78f * lit, 0.85f * lit }, 1 - smooth(sr - 0.0025f, sr, sd));
    return c;
}

/* Seven ridges in the mist while the sun comes up. */
static float ridge(float x, int i) { return fbm(x, i * 7.7f, 5) - 0.5f; }
static rgb strata(float u, float v, float t) {
    float p = clampf(t / 62.0f, 0, 1);
    rgb top = mix3((rgb){ 0.05f, 0.09f, 0.22f }, (rgb){ 0.25f, 0.47f, 0.72f }, p);
    rgb low = mix3((rgb){ 0.62f, 0.28f, 0.30f }, (rgb){ 1.0f, 0.82f, 0.55f }, p);
    rgb c = mix3(top, low, smooth(-0.55f, 0.15f, v));
    float sy = 0.16f - 0.34f * p, sx = 0.22f - 0.05f * p, sd = sqrtf((u - sx) * (u - sx) + (v - sy) * (v - sy));
    c = add3(c, (rgb){ 1.0f, 0.72f, 0.38f }, expf(-sd * 4.2f) * 0.6f);
    c = mix3(c, (rgb){ 1.0f, 0.95f, 0.8f }, 1 - smooth(0.062f, 0.068f, sd));
    float cl = fbm(u * 1.6f + t * 0.018f, v * 7 + 3, 4);
    c = mix3(c, (rgb){ 1.0f, 0.78f, 0.68f }, smooth(0.5f, 0.78f, cl) * 0.4f * (1 - smooth(-0.1f, 0.1f, v)));
    for (int i = 0; i < 7; i++) {
        float f = i / 6.0f;
        float h = -0.06f + 0.50f * f - (0.30f - 0.10f * f) * ridge(u * (1.3f + 1.3f * f) + t * (0.006f + 0.034f * f * f) + i * 3.1f, i);
        float cover = smooth(-0.0016f, 0.0016f, v - h);
        if (cover <= 0) continue;
        rgb m = mix3(mix3((rgb){ 0.52f, 0.36f, 0.44f }, (rgb){ 0.72f, 0.66f, 0.70f }, p), mix3((rgb){ 0.025f, 0.03f, 0.06f }, (rgb){ 0.05f, 0.09f, 0.10f }, p), sqrtf(f));
        float fog = smooth(0.0f, 0.20f, v - h) * (1 - f) * 0.55f;
        m = mix3(m, mix3(low, (rgb){ 0.85f, 0.75f, 0.75f }, 0.4f), fog);
        c = mix3(c, m, cover);
    }
    return c;
}

/* A folded lattice that never repeats. */
static rgb lattice(float u, float v, float t) {
    float a = t * 0.05f, ca = cosf(a), sa = sinf(a);
    float x = (u * ca - v * sa) * 1.5f, y = (u * sa + v * ca) * 1.5f, glow = 0, hue = 0, x0 = x, y0 = y;
    for (int i = 0; i < 5; i++) {
        x = fabsf(x); y = fabsf(y);
        if (y > x) { float s = x; x = y; y = s; }
        x = x * 1.55f - 0.62f - 0.12f * sinf(t * 0.17f); y = y * 1.55f - 0.28f - 0.1f * cosf(t * 0.13f);
        float c2 = cosf(0.4f + t * 0.03f), s2 = sinf(0.4f + t * 0.03f), nx = x * c2 - y * s2;
        y = x * s2 + y * c2; x = nx;
        float d = fabsf(sinf(sqrtf(x * x + y * y) * 4 + t * 0.5f) / 8) + 0.012f;
        glow += 0.011f / d * (1 - i * 0.12f);
        hue += sqrtf(x * x + y * y) * 0.16f;
    }
    float r0 = sqrtf(x0 * x0 + y0 * y0), k = hue + t * 0.04f;
    rgb pal = { 0.5f + 0.5f * cosf(6.283f * (k + 0.02f)), 0.45f + 0.45f * cosf(6.283f * (k + 0.32f)), 0.6f + 0.4f * cosf(6.283f * (k + 0.62f)) };
    rgb c = { 0.02f, 0.015f, 0.04f };
    c = add3(c, pal, glow * glow * 0.9f + glow * 0.25f);
    float vig = 1 - smooth(0.7f, 1.6f, r0) * 0.8f;
    return (rgb){ c.r * vig, c.g * vig, c.b * vig };
}

/* A city at night from a slow train, mirrored in wet ground. */
static rgb skyline(float u, float v, float t) {
    rgb c = mix3((rgb){ 0.03f, 0.02f, 0.09f }, (rgb){ 0.42f, 0.10f, 0.36f }, smooth(-0.5f, 0.2f, v));
    c = add3(c, (rgb){ 0.95f, 0.35f, 0.3f }, expf(-fabsf(v - 0.2f) * 9) * 0.30f);
    for (int i = 0; i < 4; i++) {
        float f = i / 3.0f, w = 0.055f + 0.05f * f, x = u + t * (0.008f + 0.05f * f * f) + i * 5.3f;
        int b = (int)floorf(x / w);
        float top = 0.18f - 0.33f * (0.25f + 0.75f * hash2(b, i * 31)) * (1.05f - 0.35f * f) + 0.05f * f;
        if (v < top) continue;
        rgb wall = mix3((rgb){ 0.20f, 0.07f, 0.26f }, (rgb){ 0.015f, 0.012f, 0.04f }, sqrtf(f));
        float lx = (x / w - b) * 6, ly = (v - top) / w * (7.0f - 2 * f);
        int wx = (int)floorf(lx), wy = (int)floorf(ly);
        float on = hash2(b * 7 + wx, wy + i * 131);
        float fx = lx - wx, fy = ly - wy;
        float win = (wx > 0 && wx < 5 && fx > 0.18f && fx < 0.82f && fy > 0.25f && fy < 0.75f) ? 1 : 0;
        float flick = hash2(b * 7 + wx + (int)(t * 0.2f + on * 9), wy) > 0.06f ? 1 : 0.15f;
        if (on > 0.62f && win > 0) {
            rgb lamp = on > 0.93f ? (rgb){ 0.2f, 0.9f, 1.0f } : on > 0.87f ? (rgb){ 1.0f, 0.25f, 0.65f } : (rgb){ 1.0f, 0.76f, 0.38f };
            wall = mix3(wall, lamp, flick * (0.35f + 0.5f * f));
        }
        c = wall;
    }
    return c;
}
static rgb neon(float u, float v, float t) {
    const float ground = 0.27f;
    if (v < ground) return skyline(u, v, t);
    float d = v - ground;
    float wob = 0.012f * sinf(v * 90 + t * 2) * (0.3f + d * 4) + 0.006f * sinf(u * 40 + v * 60 - t * 3);
    rgb m = skyline(u + wob, ground - d * 1.35f, t);
    rgb c = { m.r * 0.5f + 0.02f, m.g * 0.42f + 0.01f, m.b * 0.55f + 0.035f };
    return add3(c, (rgb){ 0.9f, 0.3f, 0.55f }, expf(-d * 30) * 0.25f);
}

/* Slow colour, folded into itself. */
static rgb drift(float u, float v, float t) {
    float x = u * 1.6f, y = v * 1.6f;
    for (int i = 1; i < 5; i++) {
        float nx = x + 0.62f / i * sinf(i * y * 1.7f + t * 0.21f + 0.4f * i) + 0.3f;
        float ny = y + 0.62f / i * cosf(i * x * 1.5f + t * 0.17f + 0.7f * i) - 0.2f;
        x = nx; y = ny;
    }
    float a = 0.5f + 0.5f * sinf(x * 1.7f), b = 0.5f + 0.5f * sinf(y * 1.9f + 1.1f), e = 0.5f + 0.5f * sinf(x + y + t * 0.1f);
    rgb c = mix3((rgb){ 0.05f, 0.07f, 0.20f }, (rgb){ 0.98f, 0.45f, 0.32f }, a * a);
    c = mix3(c, (rgb){ 0.10f, 0.62f, 0.62f }, b * b * 0.75f);
    c = mix3(c, (rgb){ 1.0f, 0.86f, 0.62f }, e * e * e * 0.6f);
    float sheen = powf(a * b, 3);
    return add3(c, (rgb){ 1, 0.95f, 0.9f }, sheen * 0.18f);
}

int main(int argc, char **argv) {
    if (argc != 7 && argc != 8) { fprintf(stderr, "usage: scenes NAME WIDTH HEIGHT FPS_NUM FPS_DEN SECONDS [START]\n"); return 2; }
    float start = argc == 8 ? (float)atof(argv[7]) : 0;
    /* pace: how fast the scene's own time runs; slow scenes need fewer bits */
    struct { const char *name; rgb (*draw)(float, float, float); float pace; } all[] = {
        { "tide", tide, 0.6f }, { "orbit", orbit, 1 }, { "strata", strata, 1 }, { "lattice", lattice, 0.35f }, { "neon", neon, 0.45f }, { "drift", drift, 0.8f } };
    rgb (*draw)(float, float, float) = NULL;
    float pace = 1;
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) if (!strcmp(all[i].name, argv[1])) { draw = all[i].draw; pace = argc == 8 ? 1 : all[i].pace; }
    if (!draw) { fprintf(stderr, "no scene %s\n", argv[1]); return 2; }
    int w = atoi(argv[2]), h = atoi(argv[3]);
    double fps = atof(argv[4]) / atof(argv[5]);
    int frames = (int)(atof(argv[6]) * fps + 0.5);
    uint8_t *row = malloc((size_t)w * 3);
    for (int n = 0; n < frames; n++) {
        float t = (float)(n / fps), end = (float)(frames / fps);
        float fade = argc == 8 ? 1 : smooth(0, 0.6f, t + 0.35f) * (1 - smooth(end - 1.2f, end - 0.05f, t));
        for (int j = 0; j < h; j++) {
            for (int i = 0; i < w; i++) {
                rgb c = draw((i - w * 0.5f) / h, (j - h * 0.5f) / h, t * pace + start);
                float dither = (hash2(i, j) - 0.5f);
                row[i * 3] = (uint8_t)clampf(c.r * fade * 255 + 0.5f + dither, 0, 255);
                row[i * 3 + 1] = (uint8_t)clampf(c.g * fade * 255 + 0.5f + dither, 0, 255);
                row[i * 3 + 2] = (uint8_t)clampf(c.b * fade * 255 + 0.5f + dither, 0, 255);
            }
            if (fwrite(row, 3, (size_t)w, stdout) != (size_t)w) return 1;
        }
    }
    return 0;
}
