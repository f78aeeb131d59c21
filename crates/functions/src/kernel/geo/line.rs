//! What is measured along lines, and where they meet polygons.

use super::point::{Point, at_angle, closest, crossing, interpolate};
use super::shape::{Lines, Polygons, edges};

/// Two points are one below this angle.
const SAME: f64 = 1e-14;

/// The length of a line in radians.
pub fn length(line: &[Point]) -> f64 {
    edges(line).map(|(a, b)| a.angle(b)).sum()
}

/// The point at a share of the length of a line; `None` outside 0 to 1.
pub fn point_at(line: &[Point], share: f64) -> Option<Point> {
    if !(0.0..=1.0).contains(&share) {
        return None;
    }
    let mut rest = share * length(line);
    for (a, b) in edges(line) {
        let angle = a.angle(b);
        if rest < angle {
            return Some(at_angle(rest, a, b));
        }
        rest -= angle;
    }
    line.last().copied()
}

/// Which share of the length of a line lies before the point of it that is closest to a point.
pub fn locate(line: &[Point], point: Point) -> Option<f64> {
    let mut before = 0.0;
    let mut best: Option<(f64, f64)> = None;
    for (a, b) in edges(line) {
        let foot = closest(point, a, b);
        let distance = foot.angle(point);
        if best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, before + a.angle(foot)));
        }
        before += a.angle(b);
    }
    let (_, place) = best?;
    Some(if before > 0.0 { (place / before).min(1.0) } else { 0.0 })
}

/// The point of the edges that is closest to a point.
pub fn closest_on(edges: impl Iterator<Item = (Point, Point)>, point: Point) -> Option<Point> {
    edges
        .map(|(a, b)| closest(point, a, b))
        .min_by(|first, second| point.angle(*first).total_cmp(&point.angle(*second)))
}

/// The centroid of lines.
pub fn centroid(lines: &Lines) -> Point {
    let none = Point { x: 0.0, y: 0.0, z: 0.0 };
    lines
        .edges()
        .map(|(a, b)| {
            let (sum, difference) = (a.plus(b), a.minus(b));
            // The integral over an arc points to its middle and is as long as the chord.
            let squared = sum.dot(sum);
            if squared > 0.0 { sum.times((difference.dot(difference) / squared).sqrt()) } else { none }
        })
        .fold(none, Point::plus)
        .normalized()
}

/// Whether two sets of edges have a point in common.
pub fn meet(first: &[(Point, Point)], second: &[(Point, Point)]) -> bool {
    first
        .iter()
        .any(|&(a, b)| second.iter().any(|&(c, d)| crossing(a, b, c, d).is_some() || touch(a, b, c, d)))
}

/// Whether an end of one edge lies on the other.
fn touch(a: Point, b: Point, c: Point, d: Point) -> bool {
    let on = |point: Point, from: Point, to: Point| closest(point, from, to).angle(point) < SAME;
    on(a, c, d) || on(b, c, d) || on(c, a, b) || on(d, a, b)
}

/// The parts of lines that lie in polygons.
pub fn inside(lines: &Lines, polygons: &Polygons) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for line in &lines.0 {
        let mut part: Vec<Point> = Vec::new();
        for (a, b) in edges(line) {
            let mut cuts: Vec<Point> = polygons.edges().filter_map(|(c, d)| crossing(a, b, c, d)).collect();
            cuts.sort_by(|first, second| a.angle(*first).total_cmp(&a.angle(*second)));
            cuts.insert(0, a);
            cuts.push(b);
            for (from, to) in edges(&cuts) {
                if from.angle(to) < SAME {
                    continue;
                }
                if polygons.contains(interpolate(0.5, from, to)) {
                    if part.is_empty() {
                        part.push(from);
                    }
                    part.push(to);
                } else if !part.is_empty() {
                    parts.push(std::mem::take(&mut part));
                }
            }
        }
        if !part.is_empty() {
            parts.push(part);
        }
    }
    parts
}
