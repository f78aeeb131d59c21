//! Straight edges on a map of longitudes and latitudes as chains of geodesic edges.

use super::point::{EARTH_RADIUS, Point, interpolate};

/// Where along an edge the distance between the straight and the geodesic one is greatest.
const FARTHEST: f64 = 0.312_156_910_822_483_12;
/// What the distances at the two places are to the greatest distance.
const SCALE: f64 = 0.838_299_925_698_885_1;
/// Edges are not halved more often.
const MOST_HALVINGS: usize = 23;

/// The positions in degrees that a chain of straight edges needs so that no geodesic edge between them strays farther
/// than a tolerance in meters.
pub fn densify(positions: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let tolerance = SCALE * (tolerance / EARTH_RADIUS).max(1e-13);
    let mut result: Vec<(f64, f64)> = positions.first().copied().into_iter().collect();
    for (from, to) in positions.iter().zip(positions.iter().skip(1)) {
        append(*from, *to, tolerance, MOST_HALVINGS, &mut result);
    }
    result
}

fn append(from: (f64, f64), to: (f64, f64), tolerance: f64, halvings: usize, result: &mut Vec<(f64, f64)>) {
    if halvings == 0 || error(from, to) <= tolerance {
        result.push(to);
        return;
    }
    let middle = between(0.5, from, to);
    append(from, middle, tolerance, halvings - 1, result);
    append(middle, to, tolerance, halvings - 1, result);
}

fn between(share: f64, from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
    ((1.0 - share) * from.0 + share * to.0, (1.0 - share) * from.1 + share * to.1)
}

/// How far the geodesic strays from the straight edge, about, in radians.
fn error(from: (f64, f64), to: (f64, f64)) -> f64 {
    let point = |(longitude, latitude): (f64, f64)| Point::of_degrees(longitude, latitude);
    let (a, b) = (point(from), point(to));
    // Of edges beyond a quarter of the sphere the estimate tells nothing.
    if a.dot(b) < -1e-14 {
        return f64::INFINITY;
    }
    let at = |share: f64| interpolate(share, a, b).angle(point(between(share, from, to)));
    at(FARTHEST).max(at(1.0 - FARTHEST))
}
