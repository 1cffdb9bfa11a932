// Draws art/*.webp: a still of a scene program or a flat colour, a vector drawing over it, and the lettering; rendered by headless Chromium.
// usage: node tools/art.mjs PATH_OF_SCENES [KEY...]   (playwright-core comes from tests/browser)
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const demo = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { chromium } = createRequire(join(demo, '../tests/browser/package.json'))('playwright-core');
const [scenes, ...only] = process.argv.slice(2);
const work = mkdtempSync(join(tmpdir(), 'art-'));

function random(seed) {
  let a = [...seed].reduce((h, c) => Math.imul(h ^ c.charCodeAt(0), 16777619), 2166136261) >>> 0;
  return (lo = 0, hi = 1) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return lo + (((t ^ (t >>> 14)) >>> 0) / 4294967296) * (hi - lo);
  };
}

const stills = new Map();
function still(scene, at) {
  const id = `${scene}-${at.toFixed(1)}`;
  if (!stills.has(id)) {
    const raw = execFileSync(scenes, [scene, '1280', '720', '1', '1', '1', String(at)], { maxBuffer: 1 << 24 });
    const png = join(work, `${id}.png`);
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', '1280x720', '-i', '-', '-frames:v', '1', png], { input: raw });
    stills.set(id, `data:image/png;base64,${readFileSync(png).toString('base64')}`);
  }
  return stills.get(id);
}

// ---- drawings: SVG in a 1600x900 box (landscape) or 800x1200 (portrait); w and h are given ----

const draw = {
  lighthouse({ w, h, r, tall }) {
    const x = r(tall ? 0.3 : 0.62, tall ? 0.7 : 0.86) * w, base = h * r(0.74, 0.8), s = tall ? 1.35 : r(0.95, 1.25);
    const angle = r(-16, 12), flip = x > w / 2 ? 180 : 0;
    const beam = (a, o) => `<polygon points="0,0 2200,-150 2200,150" fill="url(#beam)" opacity="${o}" transform="translate(${x} ${base - 372 * s}) rotate(${a})"/>`;
    return `<defs><linearGradient id="beam"><stop offset="0" stop-color="#fff3c4" stop-opacity=".85"/><stop offset=".5" stop-color="#ffe9a8" stop-opacity=".2"/><stop offset="1" stop-color="#ffe9a8" stop-opacity="0"/></linearGradient>
      <radialGradient id="halo"><stop offset="0" stop-color="#fff6d8"/><stop offset=".25" stop-color="#ffe39a" stop-opacity=".7"/><stop offset="1" stop-color="#ffd36a" stop-opacity="0"/></radialGradient></defs>
      ${beam(flip + angle, 0.9)}${beam(180 + flip + angle, 0.35)}
      <circle cx="${x}" cy="${base - 372 * s}" r="${120 * s}" fill="url(#halo)"/>
      <g transform="translate(${x} ${base}) scale(${s})">
        <path d="M-46 0 L-28 -340 L28 -340 L46 0Z" fill="#0b1426"/><path d="M-37 -170 L-33 -240 L33 -240 L37 -170Z M-43 -50 L-40 -115 L40 -115 L43 -50Z" fill="#7f2632"/>
        <rect x="-40" y="-350" width="80" height="12" fill="#0b1426"/><rect x="-20" y="-392" width="40" height="42" fill="#ffefb8"/><path d="M-28 -392 L0 -424 L28 -392Z" fill="#0b1426"/><rect x="-2" y="-392" width="4" height="42" fill="#0b1426"/>
        <path d="M46 0 L46 -60 L80 -84 L118 -60 L118 0Z" fill="#0a1120"/><rect x="72" y="-44" width="18" height="20" fill="#ffd98a"/></g>
      <path d="M${x - 420 * s} ${h} C ${x - 300 * s} ${base + 60}, ${x - 200 * s} ${base + 10}, ${x - 110 * s} ${base} L ${x + 140 * s} ${base - 4} C ${x + 240 * s} ${base + 20}, ${x + 330 * s} ${base + 90}, ${x + 460 * s} ${h} Z" fill="#050a16"/>`;
  },
  station({ w, h, r, tall }) {
    const x = w * (tall ? 0.4 : r(0.2, 0.34)), y = h * (tall ? 0.7 : r(0.36, 0.6)), s = tall ? 1.25 : r(0.8, 1.15), a = r(-28, 18);
    const panel = (px, py) => `<g transform="translate(${px} ${py})"><rect width="120" height="64" fill="#13233f" stroke="#5b86b8" stroke-width="3"/>${[1, 2, 3].map((i) => `<path d="M${i * 30} 0V64" stroke="#5b86b8" stroke-width="2"/>`).join('')}<path d="M0 32H120" stroke="#5b86b8" stroke-width="2"/></g>`;
    const rings = [...Array(5)].map((_, i) => `<circle cx="${x + 100 * s}" cy="${y - 70 * s}" r="${(90 + i * 75) * s}" fill="none" stroke="#9fd6ff" stroke-width="${3 - i * 0.4}" opacity="${0.5 - i * 0.09}" stroke-dasharray="${40 + i * 30} ${26 + i * 12}"/>`).join('');
    return `${rings}<g transform="translate(${x} ${y}) rotate(${a}) scale(${s})">${panel(-190, -100)}${panel(-190, 36)}${panel(70, 50)}
      <rect x="-70" y="-14" width="240" height="28" rx="14" fill="#cfd6e2"/><rect x="-20" y="-46" width="84" height="92" rx="18" fill="#aab4c6"/><rect x="-6" y="-30" width="56" height="14" rx="7" fill="#ffcf7a"/>
      <path d="M120 -14 L140 -70" stroke="#cfd6e2" stroke-width="8"/><path d="M92 -120 A62 62 0 0 0 190 -48 Z" fill="#e9edf4"/><path d="M140 -84 L176 -118" stroke="#e9edf4" stroke-width="5"/><circle cx="178" cy="-120" r="8" fill="#ff6b5e"/></g>`;
  },
  contours({ w, h, r, hue = 35 }) {
    const lines = [];
    const cx = w * r(0.3, 0.75), cy = h * r(0.3, 0.6), seeds = [r(0, 6), r(0, 6), r(0, 6)], squash = r(0.5, 0.75);
    for (let i = 1; i < 15; i++) {
      let d = '';
      for (let k = 0; k <= 90; k++) {
        const t = (k / 90) * Math.PI * 2, rad = i * w * 0.043 * (1 + 0.16 * Math.sin(2 * t + seeds[0]) + 0.1 * Math.sin(3 * t + seeds[1] + i * 0.13) + 0.06 * Math.sin(5 * t + seeds[2]));
        d += `${k ? 'L' : 'M'}${(cx + rad * Math.cos(t)).toFixed(0)} ${(cy + rad * Math.sin(t) * squash).toFixed(0)}`;
      }
      lines.push(`<path d="${d}Z" fill="none" stroke="hsl(${hue} 90% 88%)" stroke-width="${i % 4 ? 1.6 : 3.4}" opacity="${0.62 - i * 0.032}"/>`);
    }
    return `${lines.join('')}<path d="M${cx} ${cy - 16} l14 26 h-28Z" fill="#fff"/>`;
  },
  rails({ w, h, r, tall }) {
    const vx = w * (tall ? 0.5 : r(0.45, 0.7)), vy = h * r(0.4, 0.52);
    let out = `<rect width="${w}" height="${h}" fill="#07060f" opacity=".5"/>`;
    for (let i = 0; i < 9; i++) {
      const k = Math.pow(i / 8, 2.2), rad = 30 + k * w * 0.75;
      out += `<circle cx="${vx}" cy="${vy}" r="${rad}" fill="none" stroke="${i % 3 === 2 ? '#ff4fa0' : '#ffb454'}" stroke-width="${2 + k * 16}" opacity="${0.75 - k * 0.45}"/>`;
    }
    out += `<circle cx="${vx}" cy="${vy}" r="26" fill="#fff3d0"/><circle cx="${vx}" cy="${vy}" r="90" fill="#ffd98a" opacity=".25"/>`;
    for (const o of [-1, 1]) out += `<path d="M${vx + o * 8} ${vy + 22} L${vx + o * w * 0.26} ${h} L${vx + o * w * 0.285} ${h} L${vx + o * 11} ${vy + 22}Z" fill="#d9e2f2" opacity=".9"/>`;
    for (let i = 1; i < 12; i++) {
      const y = vy + 22 + (h - vy) * Math.pow(i / 11, 2.3), half = w * 0.34 * ((y - vy) / (h - vy));
      out += `<path d="M${vx - half} ${y} H${vx + half}" stroke="#3b2f45" stroke-width="${3 + 16 * Math.pow(i / 11, 2)}" opacity=".8"/>`;
    }
    return out;
  },
  truck({ w, h, tall }) {
    const y = h * 0.66, x = w * (tall ? 0.34 : 0.56), s = tall ? 1 : 1.2;
    return `<path d="M0 ${y} H${w} V${h} H0Z" fill="#e9e2dc"/><path d="M0 ${y} H${w}" stroke="#fff" stroke-width="4"/>
      ${[...Array(9)].map((_, i) => `<path d="M${w * (i / 8 - 0.2) - (i - 4) * 90} ${h} L${x + (i - 4) * 30} ${y}" stroke="#c9beb8" stroke-width="3"/>`).join('')}
      <defs><linearGradient id="hl"><stop offset="0" stop-color="#fff6cf" stop-opacity=".95"/><stop offset="1" stop-color="#fff6cf" stop-opacity="0"/></linearGradient></defs>
      <g transform="translate(${x} ${y + 20}) scale(${s})"><polygon points="182,-58 720,-130 720,26" fill="url(#hl)"/><rect x="-210" y="-150" width="260" height="130" rx="8" fill="#b2432f"/><path d="M60 -20 V-128 H128 L178 -72 V-20Z" fill="#7c2b22"/><path d="M92 -116 H124 L156 -74 H92Z" fill="#ffe9c9"/><rect x="-210" y="-24" width="392" height="16" fill="#2b1a1a"/>
      ${[-150, -70, 120].map((cx) => `<circle cx="${cx}" cy="-4" r="32" fill="#1a1212"/><circle cx="${cx}" cy="-4" r="13" fill="#8b817c"/>`).join('')}<circle cx="180" cy="-56" r="10" fill="#fffbe3"/></g>`;
  },
  paper({ w, h, tall }) {
    const cx = w * (tall ? 0.5 : 0.66), cy = h * 0.36, R = tall ? 210 : 220;
    const hill = (y, c, k) => `<path d="M0 ${h} V${y} ${[...Array(9)].map((_, i) => `L${(w / 8) * i} ${y - (i % 2 ? 120 : 20) * k}`).join(' ')} V${h}Z" fill="${c}" filter="url(#sh)"/>`;
    return `<defs><filter id="sh" x="-20%" y="-20%" width="140%" height="140%"><feDropShadow dx="0" dy="-6" stdDeviation="10" flood-opacity=".45"/></filter></defs>
      <rect width="${w}" height="${h}" fill="#1d2a5a"/>${[...Array(26)].map((_, i) => `<path transform="translate(${(i * 397) % w} ${(i * 211) % (h * 0.6)}) scale(${0.5 + (i % 4) * 0.25})" d="M0 -14 L4 -4 14 0 4 4 0 14 -4 4 -14 0 -4 -4Z" fill="#ffe6a7"/>`).join('')}
      <circle cx="${cx}" cy="${cy}" r="${R}" fill="#fff0cb" filter="url(#sh)"/><circle cx="${cx - 60}" cy="${cy - 40}" r="34" fill="#f0dcae"/><circle cx="${cx + 70}" cy="${cy + 60}" r="50" fill="#f0dcae"/><circle cx="${cx + 50}" cy="${cy - 90}" r="22" fill="#f0dcae"/>
      <path d="M${cx} 0 V${cy - R}" stroke="#fff0cb" stroke-width="3" stroke-dasharray="3 9"/>${hill(h * 0.72, '#3a4a8c', 1)}${hill(h * 0.82, '#6a5aa0', 0.8)}${hill(h * 0.92, '#d98a8a', 0.6)}`;
  },
  leaves({ w, h, r, tall }) {
    let out = '';
    for (let i = 0; i < (tall ? 30 : 38); i++) {
      const x = r(0, w), y = r(h * 0.3, h * 1.05), s = r(0.8, 2.1), a = r(-70, 10) , g = r(14, 34);
      out += `<g transform="translate(${x} ${y}) rotate(${a}) scale(${s})"><path d="M0 0 C40 -60 130 -60 180 0 C130 44 40 44 0 0Z" fill="hsl(${r(135, 170)} 55% ${g}%)"/><path d="M0 0 H170" stroke="hsl(150 45% ${g + 14}%)" stroke-width="3"/></g>`;
    }
    const hx = w * (tall ? 0.62 : 0.78), hy = h * 0.3;
    out += `<g transform="translate(${hx} ${hy})"><path d="M-110 90 V-30 L0 -120 L110 -30 V90Z" fill="#0b1d1a"/><rect x="-34" y="-22" width="68" height="68" fill="#fff1b0"/><path d="M0 -22 V46 M-34 12 H34" stroke="#0b1d1a" stroke-width="6"/><circle r="210" fill="#fff1b0" opacity=".1"/></g>`;
    for (let i = 0; i < 9; i++) out += `<path d="M${(w / 8) * i} 0 V${h}" stroke="#dff5ea" stroke-width="5" opacity=".28"/>`;
    for (let i = 1; i < 5; i++) out += `<path d="M0 ${(h / 5) * i} H${w}" stroke="#dff5ea" stroke-width="5" opacity=".28"/>`;
    return out;
  },
  compass({ w, h, tall }) {
    const cx = w * (tall ? 0.5 : 0.7), cy = h * (tall ? 0.38 : 0.46), R = tall ? 290 : 320;
    const rays = [...Array(16)].map((_, i) => { const L = i % 4 ? (i % 2 ? R * 0.5 : R * 0.72) : R; return `<g transform="translate(${cx} ${cy}) rotate(${i * 22.5})"><path d="M0 ${-L} L${L * 0.09} ${-L * 0.16} L0 0Z" fill="#f3e3c0"/><path d="M0 ${-L} L${-L * 0.09} ${-L * 0.16} L0 0Z" fill="#b4532f"/></g>`; }).join('');
    return `<rect width="${w}" height="${h}" fill="#f0e2c2"/>${[...Array(14)].map((_, i) => `<path d="M${(w / 12) * i} 0 V${h} M0 ${(w / 12) * i} H${w}" stroke="#c9b388" stroke-width="2"/>`).join('')}
      <path d="M0 ${h * 0.7} C${w * 0.15} ${h * 0.5}, ${w * 0.2} ${h * 0.95}, ${w * 0.42} ${h * 0.8} S${w * 0.7} ${h * 0.95}, ${w} ${h * 0.72} V${h} H0Z" fill="#24455c"/><path d="M0 ${h * 0.76} C${w * 0.15} ${h * 0.56}, ${w * 0.2} ${h * 1.0}, ${w * 0.42} ${h * 0.86} S${w * 0.7} ${h}, ${w} ${h * 0.78}" fill="none" stroke="#8fb3c2" stroke-width="4"/>
      <circle cx="${cx}" cy="${cy}" r="${R * 1.02}" fill="#24455c"/><circle cx="${cx}" cy="${cy}" r="${R * 0.93}" fill="none" stroke="#f3e3c0" stroke-width="4" stroke-dasharray="3 14"/>${rays}<circle cx="${cx}" cy="${cy}" r="14" fill="#24455c"/>`;
  },
  waves({ w, h, tall }) {
    const cx = w * (tall ? 0.5 : 0.68), cy = h * (tall ? 0.42 : 0.46);
    const arcs = [...Array(9)].map((_, i) => `<circle cx="${cx}" cy="${cy}" r="${70 + i * 62}" fill="none" stroke="${i % 2 ? '#ff4fa0' : '#39d3ff'}" stroke-width="${11 - i}" opacity="${0.95 - i * 0.095}"/>`).join('');
    return `<rect width="${w}" height="${h}" fill="#13061f" opacity=".72"/>${arcs}<g transform="translate(${cx} ${cy})"><rect x="-52" y="-92" width="104" height="168" rx="52" fill="#f6e9ff"/>${[...Array(6)].map((_, i) => `<path d="M-40 ${-58 + i * 22} H40" stroke="#13061f" stroke-width="7"/>`).join('')}<path d="M-84 10 A84 84 0 0 0 84 10" fill="none" stroke="#f6e9ff" stroke-width="12"/><path d="M0 96 V250" stroke="#f6e9ff" stroke-width="12"/></g>`;
  },
  dome({ w, h, tall }) {
    const x = w * (tall ? 0.5 : 0.28), y = h * 0.86;
    return `<path d="M0 ${h} V${y} C${w * 0.3} ${y - 90} ${w * 0.6} ${y + 40} ${w} ${y - 40} V${h}Z" fill="#05060d"/><g transform="translate(${x} ${y - 40})"><rect x="-120" y="-60" width="240" height="110" fill="#0b0e1a"/><path d="M-132 -60 A132 132 0 0 1 132 -60Z" fill="#171c2e"/><path d="M18 -190 L60 -178 L60 -60 L18 -60Z" fill="#ffdf9e"/><path d="M38 -120 L130 -290" stroke="#c8cfdd" stroke-width="20"/><rect x="-84" y="-20" width="28" height="44" fill="#ffdf9e"/></g>
      <g transform="translate(${x - 190} ${y + 6})" fill="#e8ecf5"><circle cx="0" cy="-66" r="11"/><path d="M-12 -52 H12 L9 0 H-9Z"/><path d="M16 -60 L26 4" stroke="#e8ecf5" stroke-width="4"/></g>`;
  },
  brush({ w, h, r, tall }) {
    const cx = w * (tall ? 0.5 : 0.68), cy = h * (tall ? 0.4 : 0.47), R = tall ? 250 : 270;
    const strokes = [...Array(46)].map((_, i) => `<circle cx="${cx + r(-9, 9)}" cy="${cy + r(-9, 9)}" r="${R + (i - 23) * 2.1}" fill="none" stroke="#15110f" stroke-width="${r(1, 4.4)}" stroke-dasharray="${R * r(4.6, 5.7)} 3000" transform="rotate(${-70 + r(-7, 7)} ${cx} ${cy})" opacity="${r(0.55, 1)}"/>`).join('');
    const bolt = `M${cx + 30} ${cy - 190} L${cx - 70} ${cy + 10} L${cx + 4} ${cy + 4} L${cx - 40} ${cy + 180} L${cx + 86} ${cy - 40} L${cx + 12} ${cy - 34}Z`;
    const spots = [...Array(34)].map(() => `<circle cx="${cx + r(-R * 2, R * 1.6)}" cy="${cy + r(-R, R * 1.5)}" r="${r(1, 11) * r(0.3, 1)}" fill="#15110f" opacity=".85"/>`).join('');
    return `<rect width="${w}" height="${h}" fill="#efe6d5"/>${strokes}${spots}<path d="${bolt}" fill="#c0281f"/><rect x="${w * 0.92 - 40}" y="${h * 0.07}" width="62" height="62" rx="6" fill="#c0281f"/><text x="${w * 0.92 - 9}" y="${h * 0.07 + 46}" font-family="Noto Serif CJK TC" font-weight="700" font-size="42" fill="#efe6d5" text-anchor="middle">墨</text>`;
  },
  orchard({ w, h, r, tall }) {
    let out = `<rect width="${w}" height="${h}" fill="#f4c77b"/><circle cx="${w * (tall ? 0.5 : 0.7)}" cy="${h * 0.34}" r="${tall ? 220 : 230}" fill="#fbe7b4"/><path d="M0 ${h * 0.62} C${w * 0.3} ${h * 0.5} ${w * 0.7} ${h * 0.7} ${w} ${h * 0.56} V${h} H0Z" fill="#a6823f"/><path d="M0 ${h * 0.76} C${w * 0.3} ${h * 0.66} ${w * 0.7} ${h * 0.84} ${w} ${h * 0.7} V${h} H0Z" fill="#6f6430"/>`;
    const n = tall ? 4 : 6;
    for (let i = 0; i < n; i++) {
      const x = (w / n) * (i + 0.5) + r(-24, 24), y = h * (0.7 + 0.045 * (i % 3)), s = r(0.85, 1.2);
      out += `<g transform="translate(${x} ${y}) scale(${s})"><path d="M-11 0 C-4 -60 -8 -90 -5 -120 H5 C8 -90 4 -60 11 0Z" fill="#4a2f1c"/><circle cy="-190" r="100" fill="${['#b5432c', '#d96a34', '#8e9a45', '#c98a2e'][i % 4]}"/><circle cy="-190" r="60" fill="#fdf3d8"/><path d="M0 -190 L${34 * Math.cos(i * 2.1)} ${-190 + 34 * Math.sin(i * 2.1)} M0 -190 L${48 * Math.cos(i * 4.7 + 1)} ${-190 + 48 * Math.sin(i * 4.7 + 1)}" stroke="#4a2f1c" stroke-width="7" stroke-linecap="round"/>${[0, 1, 2, 3].map((k) => `<circle cx="${50 * Math.cos((k * Math.PI) / 2)}" cy="${-190 + 50 * Math.sin((k * Math.PI) / 2)}" r="4" fill="#4a2f1c"/>`).join('')}</g>`;
    }
    return out;
  },
  kite({ w, h, tall }) {
    const x = w * (tall ? 0.56 : 0.7), y = h * (tall ? 0.34 : 0.38), s = tall ? 1.25 : 1.2;
    return `<defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#2f9be0"/><stop offset="1" stop-color="#d8f2f4"/></linearGradient></defs><rect width="${w}" height="${h}" fill="url(#sky)"/>
      ${[[0.1, 0.2, 1], [0.42, 0.12, 0.7], [0.86, 0.6, 0.9], [0.3, 0.5, 0.6]].map(([a, b, k]) => `<g transform="translate(${a * w} ${b * h}) scale(${k})" fill="#fff" opacity=".9"><ellipse rx="150" ry="34"/><ellipse cx="-40" cy="-28" rx="70" ry="40"/><ellipse cx="50" cy="-20" rx="60" ry="34"/></g>`).join('')}
      <g transform="translate(${x} ${y}) rotate(14) scale(${s})"><path d="M0 -210 L150 -20 L0 230 L-150 -20Z" fill="#e8402f"/><path d="M0 -210 L150 -20 H0Z" fill="#ffcf3f"/><path d="M-150 -20 H0 V230Z" fill="#2348a8"/><path d="M0 -210 V230 M-150 -20 H150" stroke="#fff" stroke-width="6"/></g>
      <path d="M${x - 40} ${y + 250 * s} C${x - 160} ${y + 330 * s} ${x + 40} ${y + 380 * s} ${x - 120} ${h}" fill="none" stroke="#e8402f" stroke-width="12" stroke-dasharray="46 22"/>
      <path d="M${x} ${y} C${x - 300} ${y + 260} ${w * 0.3} ${h * 0.7} ${w * 0.2} ${h * 0.87}" fill="none" stroke="#fff" stroke-width="3"/>
      <path d="M0 ${h} V${h * 0.88} C${w * 0.3} ${h * 0.8} ${w * 0.6} ${h * 0.96} ${w} ${h * 0.86} V${h}Z" fill="#2e8b57"/><g transform="translate(${w * 0.2} ${h * 0.87})"><circle cy="-52" r="15" fill="#3a2415"/><path d="M-16 -36 H16 L24 8 H-24Z" fill="#ffcf3f"/></g>`;
  },
  crane({ w, h, tall }) {
    const x = w * (tall ? 0.5 : 0.68), y = h * (tall ? 0.42 : 0.48), s = tall ? 1.2 : 1.3;
    return `<rect width="${w}" height="${h}" fill="#101a3a" opacity=".38"/><g transform="translate(${x} ${y}) scale(${s})" stroke="#0d1430" stroke-width="2" stroke-linejoin="round">
      <polygon points="-40,40 -300,-170 -90,70" fill="#ffe9d6"/><polygon points="-90,70 -300,-170 -150,90" fill="#f5b79a"/><polygon points="30,20 90,-250 -60,50" fill="#fff7ef"/><polygon points="30,20 90,-250 110,60" fill="#f9cdb4"/>
      <polygon points="-60,50 30,20 110,60 10,150" fill="#e98f72"/><polygon points="-60,50 10,150 -150,90" fill="#d0705a"/><polygon points="110,60 10,150 60,90" fill="#c65f4c"/><polygon points="90,50 250,-120 130,80" fill="#fff7ef"/><polygon points="250,-120 310,-80 236,-96" fill="#f5b79a"/></g>`;
  },
  none: () => '',
};

const C = (s) => `<span class="ko">${s}</span>`;
const show = {
  harbor: { scene: 'tide', draw: 'lighthouse', name: 'HARBOR LIGHTS', small: '항구의 불빛', ink: '#ffe9b0', seasons: [8, 6], filter: ['', 'hue-rotate(-28deg) saturate(1.25) brightness(1.1)'] },
  signal: { scene: 'orbit', draw: 'station', name: 'THE PATIENT SIGNAL', small: 'eighty light-minutes', ink: '#dff1ff', seasons: [6, 6], filter: ['', 'hue-rotate(165deg)'] },
  stone: { scene: 'strata', draw: 'contours', name: 'WRITTEN IN STONE', small: 'with Lucía Ferrán', ink: '#fff4e2', seasons: [6, 4], filter: ['', 'hue-rotate(150deg) saturate(.9)'] },
  line4: { scene: 'neon', draw: 'rails', name: 'NIGHT SHIFT, LINE 4', small: 'between the last train and the first', ink: '#ffe1c2', seasons: [6], filter: [''] },
};
const movies = {
  'm-salt': { scene: 'strata', at: 44, draw: 'truck', name: 'The Salt Road', ink: '#3a1712', style: 'bebas', where: 'top', filter: 'saturate(1.3)' },
  'm-paper': { draw: 'paper', name: 'Paper Moon Rising', small: '종이 달이 뜨면', ink: '#fff0cb', style: 'serif' },
  'm-glass': { scene: 'drift', at: 14, draw: 'leaves', name: 'Glasshouse', ink: '#effff4', style: 'wide', filter: 'hue-rotate(95deg) brightness(.6)' },
  'm-north': { draw: 'compass', name: 'Due North of Nowhere', ink: '#f7ecd4', style: 'serif' },
  'm-velvet': { scene: 'neon', at: 31, draw: 'waves', name: 'Velvet Static', ink: '#ffd7ee', style: 'bebas' },
  'm-tenth': { scene: 'orbit', at: 50, draw: 'dome', name: 'The Tenth Planet', ink: '#ffe8c9', style: 'wide', filter: 'hue-rotate(-60deg) saturate(1.2)', where: 'top' },
  'm-ink': { draw: 'brush', name: 'Ink and Thunder', small: '墨與雷', ink: '#15110f', style: 'serif', light: true },
  'm-orchard': { draw: 'orchard', name: 'The Orchard Keeps Time', ink: '#fff3d6', style: 'serif' },
  'm-kite': { draw: 'kite', name: 'Kite Weather', small: '연 날리기 좋은 날', ink: '#ffffff', style: 'bebas' },
  'm-fold': { scene: 'lattice', at: 21, draw: 'crane', name: 'Five Folds', ink: '#fff4ec', style: 'wide', filter: 'brightness(.75)' },
};
const clips = {
  'c-harbor': { scene: 'tide', at: 25, draw: 'none', name: 'Behind the Lamp', ink: '#ffe9b0' },
  'c-signal': { scene: 'orbit', at: 58, draw: 'none', name: 'The Sound of Eighty Minutes', ink: '#dff1ff', filter: 'hue-rotate(60deg)' },
  'c-city': { scene: 'neon', at: 52, draw: 'none', name: 'One Minute of City', ink: '#ffe1c2' },
  'c-colour': { scene: 'drift', at: 36, draw: 'none', name: 'Slow Colour', ink: '#ffffff' },
  'c-rings': { scene: 'orbit', at: 33, draw: 'none', name: 'A Day on the Rings', ink: '#fff0d8', filter: 'hue-rotate(-25deg)', zoom: 1.7 },
  'c-dawn': { scene: 'strata', at: 55, draw: 'none', name: 'Seven Ridges, One Dawn', ink: '#3a1d1d', light: true },
};

// ---- what to draw ----

const words = {};
let current;
for (const line of readFileSync(join(demo, 'tools/texts.txt'), 'utf8').split('\n')) {
  if (line.startsWith('@')) current = line.slice(1);
  else if (line.startsWith('en|')) words[current] = line.split('|')[1];
}

const pictures = [];
for (const [key, s] of Object.entries(show)) {
  const base = { ...s, style: { harbor: 'serif', signal: 'wide', stone: 'serif', line4: 'bebas' }[key] };
  pictures.push({ key, ...base, at: 20, filter: s.filter[0], big: true });
  pictures.push({ key: `${key}-poster`, ...base, at: 20, filter: s.filter[0], tall: true });
  s.seasons.forEach((count, i) => {
    const n = i + 1, season = `${key}-s${n}`, label = s.seasons.length > 1 ? (words[season].match(/: (.*)/)?.[1] ?? `Season ${n}`) : 'Season 1';
    pictures.push({ key: season, ...base, at: 34 + 9 * n, filter: s.filter[i], small: label });
    pictures.push({ key: `${season}-poster`, ...base, at: 34 + 9 * n, filter: s.filter[i], small: label, tall: true });
    for (let e = 1; e <= count; e++) pictures.push({ key: `${season}e${e}`, ...base, at: 4 + ((e * 7.3 + n * 3.1) % 54), filter: s.filter[i], episode: e, name: words[`${season}e${e}`], small: '' });
  });
}
for (const [key, m] of Object.entries(movies)) {
  pictures.push({ key, ...m, big: true });
  pictures.push({ key: `${key}-poster`, ...m, tall: true });
}
for (const [key, c] of Object.entries(clips)) pictures.push({ key, ...c, style: 'wide', clip: true });

function page(p) {
  const w = p.tall ? 800 : 1600, h = p.tall ? 1200 : 900, r = random(p.key.replace('-poster', ''));
  const zoom = p.zoom ?? (p.episode ? r(1, 1.55) : 1), ox = r(20, 80), oy = p.scene === 'tide' ? r(30, 60) : r(35, 65);
  const background = p.scene ? `<img class="bg" src="${still(p.scene, p.at)}" style="filter:${p.filter || 'none'};transform:scale(${zoom});transform-origin:${ox}% ${oy}%">` : '';
  // An episode shows its drawing on most pictures and the bare scene on every third.
  const drawing = p.episode && p.episode % 3 === 0 ? '' : draw[p.draw]({ w, h, r, tall: p.tall, hue: p.key.includes('-s2') ? 190 : 35 });
  const long = p.name.length;
  const scale = p.tall ? (long > 20 ? 0.78 : 1) : p.episode ? 0.62 : long > 20 ? 0.84 : 1;
  const size = { bebas: 190, serif: 124, wide: 112 }[p.style] * scale * (p.tall ? 0.86 : 1);
  const shade = p.light ? '' : p.where === 'top' ? '<div class="shade top"></div>' : '<div class="shade"></div>';
  const top = p.where === 'top';
  return `<!doctype html><meta charset="utf-8"><style>
    *{margin:0;box-sizing:border-box} body{width:${w}px;height:${h}px;overflow:hidden;position:relative;background:#0b0d18;color:${p.ink};font-family:'Inter Display','Inter','Noto Sans CJK KR',sans-serif}
    .bg{position:absolute;inset:0;width:100%;height:100%;object-fit:cover} svg{position:absolute;inset:0;width:100%;height:100%}
    .shade{position:absolute;inset:0;background:linear-gradient(to top,rgba(4,5,12,.82),rgba(4,5,12,.28) 38%,transparent 62%)} .shade.top{background:linear-gradient(to bottom,rgba(255,236,214,.0),transparent)}
    .text{position:absolute;${p.tall ? `left:64px;right:64px;text-align:center;${top ? 'top:84px' : 'bottom:84px'}` : `left:84px;right:${p.episode ? 300 : 520}px;${top ? 'top:84px' : 'bottom:76px'}`};text-shadow:${p.light || top ? 'none' : '0 4px 40px rgba(0,0,0,.55)'}}
    .name{font-size:${size}px;line-height:.98;text-wrap:balance}
    .bebas{font-family:'Bebas Neue';font-weight:700;letter-spacing:.01em;line-height:.88} .serif{font-family:'Noto Serif CJK KR';font-weight:700;letter-spacing:-.02em;line-height:1.04} .wide{font-weight:800;letter-spacing:-.035em}
    .small{font-size:${p.tall ? 36 : 40}px;font-weight:600;margin-top:26px;opacity:.85;letter-spacing:.01em} .ep{font-family:'Bebas Neue';font-weight:700;font-size:64px;opacity:.8;letter-spacing:.06em;margin-bottom:10px}
    .clip{font-size:30px;font-weight:700;letter-spacing:.14em;margin-bottom:20px;opacity:.85}
  </style><body>${background}<svg viewBox="0 0 ${w} ${h}">${drawing}</svg>${shade}
  <div class="text">${p.episode ? `<div class="ep">EPISODE ${p.episode}</div>` : ''}${p.clip ? '<div class="clip">CLIP</div>' : ''}<div class="name ${p.style}">${p.name}</div>${p.small ? `<div class="small">${p.small}</div>` : ''}</div>`;
}

mkdirSync(join(demo, 'art'), { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.MARQUEE_CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
let total = 0;
try {
  const tab = await browser.newPage();
  for (const p of pictures) {
    if (only.length && !only.some((o) => p.key.startsWith(o))) continue;
    await tab.setViewportSize(p.tall ? { width: 800, height: 1200 } : { width: 1600, height: 900 });
    await tab.setContent(page(p), { waitUntil: 'load' });
    await tab.evaluate(() => document.fonts.ready);
    const shot = join(work, 'shot.png'), out = join(demo, 'art', `${p.key}.webp`);
    writeFileSync(shot, await tab.screenshot());
    const [ow, oh] = p.tall ? [400, 600] : p.big ? [960, 540] : [640, 360];
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', '-i', shot, '-vf', `scale=${ow}:${oh}:flags=lanczos`, '-c:v', 'libwebp', '-quality', p.big ? '74' : '70', '-preset', 'drawing', '-compression_level', '6', out]);
    total += readFileSync(out).length;
  }
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
console.log(`${pictures.length} pictures, ${total} bytes drawn now`);
