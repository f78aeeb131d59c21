//! Polygons on the sphere: a shell with holes.

use std::f64::consts::PI;

use super::point::{Point, crossing};
use super::shape::edges;

/// Rings of more points are not searched for crossings, which takes the square of their number.
const MOST_CHECKED: usize = 3_000;

/// A shell and its holes. Every ring is closed and runs counterclockwise about the smaller part of the sphere.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygon {
    shell: Vec<Point>,
    holes: Vec<Vec<Point>>,
}

impl Polygon {
    /// A polygon of closed rings, the shell first; `None` where a ring is open, has fewer than three corners, repeats a
    /// corner or crosses itself.
    pub fn new(rings: Vec<Vec<Point>>) -> Option<Self> {
        let mut rings = rings.into_iter().map(ring);
        let shell = rings.next()??;
        let holes = rings.collect::<Option<Vec<_>>>()?;
        Some(Polygon { shell, holes })
    }

    /// A polygon of rings that are known to be closed and apart from each other.
    pub fn of_rings(shell: Vec<Point>, holes: Vec<Vec<Point>>) -> Self {
        let turned = |mut ring: Vec<Point>| {
            if ring_area(&ring) < 0.0 {
                ring.reverse();
            }
            ring
        };
        Polygon { shell: turned(shell), holes: holes.into_iter().map(turned).collect() }
    }

    /// The rings, the shell first.
    pub fn rings(&self) -> impl Iterator<Item = &Vec<Point>> + '_ {
        std::iter::once(&self.shell).chain(&self.holes)
    }

    /// The edges of all rings.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.rings().flat_map(|ring| edges(ring))
    }

    /// Whether a point lies inside the shell and in no hole.
    pub fn contains(&self, point: Point) -> bool {
        encloses(&self.shell, point) && !self.holes.iter().any(|hole| encloses(hole, point))
    }

    /// The area in steradians.
    pub fn area(&self) -> f64 {
        ring_area(&self.shell) - self.holes.iter().map(|hole| ring_area(hole)).sum::<f64>()
    }

    /// The length of all rings in radians.
    pub fn perimeter(&self) -> f64 {
        self.edges().map(|(a, b)| a.angle(b)).sum()
    }

    /// The centroid times the area; the sum over several polygons points to their common centroid.
    pub fn weighted_centroid(&self) -> Point {
        let none = Point { x: 0.0, y: 0.0, z: 0.0 };
        let holes = self.holes.iter().map(|hole| ring_centroid(hole)).fold(none, Point::plus);
        ring_centroid(&self.shell).minus(holes)
    }

    /// Whether the polygons have a part in common.
    pub fn intersects(&self, other: &Polygon) -> bool {
        let cross = self.edges().any(|(a, b)| other.edges().any(|(c, d)| crossing(a, b, c, d).is_some()));
        let holds = |outer: &Polygon, inner: &Polygon| {
            inner.shell.first().is_some_and(|point| outer.contains(*point))
        };
        cross || holds(self, other) || holds(other, self)
    }
}

fn ring(mut points: Vec<Point>) -> Option<Vec<Point>> {
    let (first, last) = (*points.first()?, *points.last()?);
    if points.len() < 4 || first.angle(last) > 1e-15 {
        return None;
    }
    let corners = points.get(..points.len() - 1)?;
    if corners.len() <= MOST_CHECKED && (repeats(corners) || crosses_itself(&points)) {
        return None;
    }
    if ring_area(&points) < 0.0 {
        points.reverse();
    }
    Some(points)
}

fn repeats(corners: &[Point]) -> bool {
    corners
        .iter()
        .enumerate()
        .any(|(index, corner)| corners.iter().skip(index + 1).any(|other| other == corner))
}

fn crosses_itself(ring: &[Point]) -> bool {
    let edges: Vec<(Point, Point)> = edges(ring).collect();
    edges
        .iter()
        .enumerate()
        .any(|(index, &(a, b))| edges.iter().skip(index + 1).any(|&(c, d)| crossing(a, b, c, d).is_some()))
}

/// Whether a counterclockwise ring runs around a point: its edges, seen from there, then turn a full circle to the left.
fn encloses(ring: &[Point], point: Point) -> bool {
    let turn: f64 = edges(ring)
        .map(|(a, b)| {
            let (to_a, to_b) = (tangent(point, a), tangent(point, b));
            to_a.cross(to_b).dot(point).atan2(to_a.dot(to_b))
        })
        .sum();
    turn > PI
}

/// The direction of a point as seen from another.
fn tangent(from: Point, to: Point) -> Point {
    let apart = to.minus(from);
    apart.minus(from.times(apart.dot(from)))
}

/// The area that a ring encloses in steradians, negative for a ring that runs clockwise.
pub(super) fn ring_area(ring: &[Point]) -> f64 {
    let area: f64 = triangles(ring).map(|(a, b, c)| triangle_area(a, b, c)).sum();
    // A ring encloses two parts of the sphere; the smaller one is meant.
    if area > 2.0 * PI {
        area - 4.0 * PI
    } else if area < -2.0 * PI {
        area + 4.0 * PI
    } else {
        area
    }
}

/// The fan of triangles from the first corner.
fn triangles(ring: &[Point]) -> impl Iterator<Item = (Point, Point, Point)> + '_ {
    let first = ring.first().copied();
    edges(ring).filter_map(move |(b, c)| first.map(|a| (a, b, c)))
}

fn triangle_area(a: Point, b: Point, c: Point) -> f64 {
    let volume = a.dot(b.minus(a).cross(c.minus(a)));
    2.0 * volume.atan2(1.0 + a.dot(b) + b.dot(c) + c.dot(a))
}

/// The centroid times the area. By the theorem of Stokes it is half the sum, over the edges, of the normals times the
/// angles.
fn ring_centroid(ring: &[Point]) -> Point {
    let none = Point { x: 0.0, y: 0.0, z: 0.0 };
    let Some(&origin) = ring.first() else { return none };
    // Taken from a corner, so that the large parts, which add up to nothing around a ring, do not eat the digits.
    edges(ring)
        .map(|(a, b)| {
            let excess = excess_of_arc(a.angle(b));
            let (p, q) = (a.minus(origin), b.minus(origin));
            p.cross(q).times(1.0 + excess).plus(origin.cross(q.minus(p)).times(excess)).times(0.5)
        })
        .fold(none, Point::plus)
}

/// The angle over its sine, less 1.
fn excess_of_arc(angle: f64) -> f64 {
    let squared = angle * angle;
    if angle < 0.01 { squared / 6.0 + 7.0 * squared * squared / 360.0 } else { angle / angle.sin() - 1.0 }
}
