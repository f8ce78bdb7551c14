import * as turf from '@turf/turf'

export type Phase = { junction: [number, number]; green: number; red: number }

/** Seconds until the next green at a junction. */
export function untilGreen(phase: Phase, second: number): number {
  const cycle = phase.green + phase.red
  const position = second % cycle
  return position < phase.green ? 0 : cycle - position
}

/** Junctions within `metres` of a point. */
export function nearby(phases: Phase[], point: [number, number], metres: number): Phase[] {
  return phases.filter(
    (phase) => turf.distance(turf.point(phase.junction), turf.point(point), { units: 'meters' }) <= metres,
  )
}
