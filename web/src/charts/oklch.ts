/** OKLCH to sRGB as hex; colours outside of sRGB lose chroma, never lightness or hue. Pure. */

type Triple = [number, number, number]

export function oklch(lightness: number, chroma: number, hue: number): string {
  let low = 0
  let high = chroma
  if (inside(linear(lightness, chroma, hue))) low = chroma
  else {
    for (let step = 0; step < 16; step++) {
      const middle = (low + high) / 2
      if (inside(linear(lightness, middle, hue))) low = middle
      else high = middle
    }
  }
  return `#${linear(lightness, low, hue).map((part) => hex(encode(part))).join("")}`
}

function linear(lightness: number, chroma: number, hue: number): Triple {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function inside(parts: Triple): boolean {
  return parts.every((part) => part >= -1e-4 && part <= 1.0001)
}

function encode(part: number): number {
  return part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055
}

function hex(part: number): string {
  return Math.round(Math.min(1, Math.max(0, part)) * 255).toString(16).padStart(2, "0")
}
