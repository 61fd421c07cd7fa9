/** The mark of the product: a plumb bob's line over a level. */
export function Mark({ size = 18 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden className="shrink-0 text-accent">
      <rect x="0.5" y="0.5" width="15" height="15" rx="3.5" fill="currentColor" />
      <path d="M3.5 12V4.5L8 9.5L12.5 4.5V12" fill="none" stroke="var(--on-accent)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
