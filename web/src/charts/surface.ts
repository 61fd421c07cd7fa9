/** One way to draw on a canvas and into an SVG, so that what is exported is what is seen. */
import type { Pen } from "~/charts/trace"

export interface Stroke {
  stroke?: string
  fill?: string
  width?: number
  dash?: readonly number[]
  alpha?: number
}

export interface TextStyle {
  fill: string
  size?: number
  weight?: number
  align?: "left" | "center" | "right"
  baseline?: "top" | "middle" | "bottom"
  /** Degrees. */
  turn?: number
}

export interface Surface {
  rect(x: number, y: number, width: number, height: number, style: Stroke, radius?: number): void
  line(x0: number, y0: number, x1: number, y1: number, style: Stroke): void
  circle(x: number, y: number, radius: number, style: Stroke): void
  path(draw: (pen: Pen) => void, style: Stroke, closed?: boolean): void
  text(text: string, x: number, y: number, style: TextStyle): void
  measure(text: string, size?: number): number
  /** Draw within a rectangle only. */
  clip(x: number, y: number, width: number, height: number, draw: () => void): void
}

export class CanvasSurface implements Surface {
  readonly context: CanvasRenderingContext2D
  private readonly font: string

  constructor(context: CanvasRenderingContext2D, font: string) {
    this.context = context
    this.font = font
  }

  private finish(style: Stroke): void {
    const { context } = this
    context.globalAlpha = style.alpha ?? 1
    if (style.fill) {
      context.fillStyle = style.fill
      context.fill()
    }
    if (style.stroke) {
      context.strokeStyle = style.stroke
      context.lineWidth = style.width ?? 1
      context.lineJoin = "round"
      context.setLineDash((style.dash ?? []) as number[])
      context.stroke()
    }
    context.globalAlpha = 1
  }

  rect(x: number, y: number, width: number, height: number, style: Stroke, radius = 0): void {
    this.context.beginPath()
    if (radius > 0) this.context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2))
    else this.context.rect(x, y, width, height)
    this.finish(style)
  }

  line(x0: number, y0: number, x1: number, y1: number, style: Stroke): void {
    this.context.beginPath()
    this.context.moveTo(x0, y0)
    this.context.lineTo(x1, y1)
    this.finish(style)
  }

  circle(x: number, y: number, radius: number, style: Stroke): void {
    this.context.beginPath()
    this.context.arc(x, y, radius, 0, 2 * Math.PI)
    this.finish(style)
  }

  path(draw: (pen: Pen) => void, style: Stroke, closed = false): void {
    this.context.beginPath()
    draw(this.context)
    if (closed) this.context.closePath()
    this.finish(style)
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const { context } = this
    context.font = `${style.weight ?? 400} ${style.size ?? 11}px ${this.font}`
    context.fillStyle = style.fill
    context.textAlign = style.align ?? "left"
    context.textBaseline = style.baseline ?? "middle"
    if (!style.turn) {
      context.fillText(text, x, y)
      return
    }
    context.save()
    context.translate(x, y)
    context.rotate((style.turn * Math.PI) / 180)
    context.fillText(text, 0, 0)
    context.restore()
  }

  measure(text: string, size = 11): number {
    this.context.font = `400 ${size}px ${this.font}`
    return this.context.measureText(text).width
  }

  clip(x: number, y: number, width: number, height: number, draw: () => void): void {
    this.context.save()
    this.context.beginPath()
    this.context.rect(x, y, width, height)
    this.context.clip()
    draw()
    this.context.restore()
  }
}

class PathText implements Pen {
  text = ""
  moveTo(x: number, y: number): void {
    this.text += `M${short(x)} ${short(y)}`
  }
  lineTo(x: number, y: number): void {
    this.text += `L${short(x)} ${short(y)}`
  }
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100)
}

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
}

export class SvgSurface implements Surface {
  private readonly parts: string[] = []
  private clips = 0
  private readonly font: string

  constructor(font: string) {
    this.font = font
  }

  private style(style: Stroke): string {
    let text = ` fill="${escaped(style.fill ?? "none")}"`
    if (style.stroke) {
      text += ` stroke="${escaped(style.stroke)}" stroke-width="${short(style.width ?? 1)}" stroke-linejoin="round"`
      if (style.dash?.length) text += ` stroke-dasharray="${style.dash.join(" ")}"`
    }
    return style.alpha !== undefined && style.alpha < 1 ? `${text} opacity="${short(style.alpha)}"` : text
  }

  rect(x: number, y: number, width: number, height: number, style: Stroke, radius = 0): void {
    const round = radius > 0 ? ` rx="${short(radius)}"` : ""
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(Math.max(0, width))}" height="${short(Math.max(0, height))}"${round}${this.style(style)}/>`)
  }

  line(x0: number, y0: number, x1: number, y1: number, style: Stroke): void {
    this.parts.push(`<line x1="${short(x0)}" y1="${short(y0)}" x2="${short(x1)}" y2="${short(y1)}"${this.style(style)}/>`)
  }

  circle(x: number, y: number, radius: number, style: Stroke): void {
    this.parts.push(`<circle cx="${short(x)}" cy="${short(y)}" r="${short(radius)}"${this.style(style)}/>`)
  }

  path(draw: (pen: Pen) => void, style: Stroke, closed = false): void {
    const pen = new PathText()
    draw(pen)
    if (pen.text) this.parts.push(`<path d="${pen.text}${closed ? "Z" : ""}"${this.style(style)}/>`)
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const anchor = { left: "start", center: "middle", right: "end" }[style.align ?? "left"]
    const drop = { top: "0.8em", middle: "0.35em", bottom: "-0.2em" }[style.baseline ?? "middle"]
    const turn = style.turn ? ` transform="rotate(${style.turn} ${short(x)} ${short(y)})"` : ""
    this.parts.push(
      `<text x="${short(x)}" y="${short(y)}" dy="${drop}" text-anchor="${anchor}" font-size="${style.size ?? 11}" font-weight="${style.weight ?? 400}" fill="${escaped(style.fill)}"${turn}>${escaped(text)}</text>`,
    )
  }

  measure(text: string, size = 11): number {
    return text.length * size * 0.56
  }

  clip(x: number, y: number, width: number, height: number, draw: () => void): void {
    const id = `clip${this.clips++}`
    this.parts.push(`<clipPath id="${id}"><rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"/></clipPath><g clip-path="url(#${id})">`)
    draw()
    this.parts.push("</g>")
  }

  finish(width: number, height: number, title: string, ground: string): string {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(this.font)}">` +
      `<title>${escaped(title)}</title><rect width="${width}" height="${height}" fill="${escaped(ground)}"/>${this.parts.join("")}</svg>`
    )
  }
}
