//! Unions and intersections of polygons.
//!
//! Seen from the middle of the Earth on a plane that touches it, geodesic edges are straight, so the crate `geo` does
//! the work there. What comes back is moved onto the corners and crossings that made it, since the crate rounds, and is
//! put in the order in which the S2 library, which Kusto uses, lists loops and begins them.

use std::cmp::Ordering;

use geo::{BooleanOps, Coord, LineString, MultiPolygon};

use super::point::{Point, crossing, side};
use super::polygon::Polygon;
use super::s2::Cell;
use super::shape::edges;

/// The plane shows what lies within about 84 degrees of the point where it touches.
const EDGE_OF_VIEW: f64 = 0.1;
/// The crate rounds to about this share of the extent.
const ROUNDING: f64 = 1e-8;
/// A point this near to an edge, in radians, lies on it.
const ON_EDGE: f64 = 1e-14;

/// Whether polygons also touch where they have no area in common.
pub fn touch_beside(first: &[Polygon], second: &[Polygon], common: &[Polygon]) -> bool {
    let edges =
        |polygons: &[Polygon]| -> Vec<(Point, Point)> { polygons.iter().flat_map(Polygon::edges).collect() };
    let (first, second, common) = (edges(first), edges(second), edges(common));
    let on =
        |point: Point, edges: &[(Point, Point)]| edges.iter().any(|(a, b)| lies_on(point, *a, *b, ON_EDGE));
    let beside = |some: &[(Point, Point)], others: &[(Point, Point)]| {
        some.iter().any(|(corner, _)| on(*corner, others) && !on(*corner, &common))
    };
    beside(&first, &second) || beside(&second, &first)
}

/// Whether a part of an edge belongs to two polygons: more than the points in which they may touch.
pub fn share_an_edge(polygons: &[Polygon]) -> bool {
    let ends = |polygon: &Polygon| -> Vec<(Point, Point)> { polygon.edges().collect() };
    polygons.iter().enumerate().any(|(number, polygon)| {
        let own = ends(polygon);
        polygons.iter().skip(number + 1).any(|other| {
            let others = ends(other);
            let near = |point: Point, edges: &[(Point, Point)]| {
                edges.iter().any(|(a, b)| lies_on(point, *a, *b, ON_EDGE))
            };
            let mut meets: Vec<Point> =
                own.iter().map(|edge| edge.0).filter(|at| near(*at, &others)).collect();
            meets.extend(others.iter().map(|edge| edge.0).filter(|at| near(*at, &own)));
            meets.iter().any(|at| meets.first().is_some_and(|first| first.angle(*at) > ON_EDGE))
        })
    })
}

/// Closed rings with the inside on their left: shells run counterclockwise, holes clockwise. A shell comes before its
/// holes.
type Rings = Vec<Vec<Point>>;

/// The union of polygons; `None` where they do not lie in one half of the sphere.
pub fn union(polygons: &[Polygon]) -> Option<Vec<Polygon>> {
    // Like S2: the two of the fewest corners go together first, and count as one of all their corners.
    let mut queue: Vec<(usize, Rings)> = polygons
        .iter()
        .map(|polygon| {
            let rings = oriented(std::slice::from_ref(polygon));
            (rings.iter().map(|ring| ring.len().saturating_sub(1)).sum(), rings)
        })
        .collect();
    queue.sort_by_key(|(corners, _)| *corners);
    while queue.len() > 1 {
        let rest = queue.split_off(2);
        let [(some, first), (more, second)] = queue.as_slice() else { return None };
        let (corners, joined) = (some + more, combine(first, second, |a, b| a.union(b))?);
        queue = rest;
        queue.insert(queue.partition_point(|(other, _)| *other <= corners), (corners, joined));
    }
    Some(nested(queue.pop().unwrap_or_default().1))
}

/// What two sets of polygons have in common; `None` where they do not lie in one half of the sphere.
pub fn intersection(first: &[Polygon], second: &[Polygon]) -> Option<Vec<Polygon>> {
    Some(nested(combine(&oriented(first), &oriented(second), |a, b| a.intersection(b))?))
}

fn oriented(polygons: &[Polygon]) -> Rings {
    let mut rings = Rings::new();
    for polygon in polygons {
        for (index, ring) in polygon.rings().enumerate() {
            let mut ring = ring.clone();
            if index > 0 {
                ring.reverse();
            }
            rings.push(ring);
        }
    }
    rings
}

/// Puts the holes behind their shells into polygons.
fn nested(rings: Rings) -> Vec<Polygon> {
    let mut polygons: Vec<(Vec<Point>, Vec<Vec<Point>>)> = Vec::new();
    for ring in rings {
        match polygons.last_mut() {
            Some((_, holes)) if is_hole(&ring) => holes.push(ring),
            _ => polygons.push((ring, Vec::new())),
        }
    }
    polygons.into_iter().map(|(shell, holes)| Polygon::of_rings(shell, holes)).collect()
}

fn is_hole(ring: &[Point]) -> bool {
    super::polygon::ring_area(ring) < 0.0
}

/// The plane that touches the sphere at a point.
struct Plane {
    at: Point,
    right: Point,
    up: Point,
}

impl Plane {
    fn over<'a>(points: impl Iterator<Item = &'a Point>) -> Self {
        let none = Point { x: 0.0, y: 0.0, z: 0.0 };
        let at = points.fold(none, |sum, point| sum.plus(*point)).normalized();
        let right = at.orthogonal();
        Plane { at, right, up: at.cross(right) }
    }

    fn show(&self, point: Point) -> Option<Coord> {
        let depth = point.dot(self.at);
        (depth > EDGE_OF_VIEW)
            .then(|| Coord { x: point.dot(self.right) / depth, y: point.dot(self.up) / depth })
    }

    fn point(&self, place: Coord) -> Point {
        self.at.plus(self.right.times(place.x)).plus(self.up.times(place.y)).normalized()
    }

    fn polygons(&self, rings: &Rings) -> Option<MultiPolygon> {
        let mut polygons: Vec<geo::Polygon> = Vec::new();
        for ring in rings {
            let places = ring.iter().map(|point| self.show(*point)).collect::<Option<Vec<_>>>()?;
            let line = LineString::new(places);
            match polygons.last_mut() {
                Some(polygon) if is_hole(ring) => polygon.interiors_push(line),
                _ => polygons.push(geo::Polygon::new(line, Vec::new())),
            }
        }
        Some(MultiPolygon::new(polygons))
    }
}

fn combine(
    first: &Rings,
    second: &Rings,
    work: impl Fn(&MultiPolygon, &MultiPolygon) -> MultiPolygon,
) -> Option<Rings> {
    let all: Vec<Point> = first.iter().chain(second).flatten().copied().collect();
    let plane = Plane::over(all.iter());
    let (a, b) = (plane.polygons(first)?, plane.polygons(second)?);
    let made = work(&a, &b);
    let extent = all.iter().map(|point| point.angle(plane.at)).fold(0.0, f64::max);
    let source = Source {
        edges: first.iter().chain(second).flat_map(|ring| edges(ring)).collect(),
        corners: all,
        near: extent.max(1e-9) * ROUNDING,
    };
    let mut polygons: Vec<(usize, Rings)> = made
        .iter()
        .map(|polygon| {
            let mut rings: Vec<(usize, Vec<Point>)> = std::iter::once((polygon.exterior(), false))
                .chain(polygon.interiors().iter().map(|ring| (ring, true)))
                .map(|(ring, hole)| {
                    source.restored(ring.coords().map(|place| plane.point(*place)).collect(), hole)
                })
                .filter(|(_, ring)| ring.len() >= 4)
                .collect();
            if let Some(holes) = rings.get_mut(1..) {
                holes.sort_by_key(|(number, _)| *number);
            }
            let number = rings.first().map_or(usize::MAX, |(number, _)| *number);
            (number, rings.into_iter().map(|(_, ring)| ring).collect())
        })
        .collect();
    polygons.sort_by_key(|(number, _)| *number);
    Some(polygons.into_iter().flat_map(|(_, rings)| rings).collect())
}

/// What an overlay was made from.
struct Source {
    edges: Vec<(Point, Point)>,
    corners: Vec<Point>,
    near: f64,
}

impl Source {
    /// A ring of the result with exact corners, those that lie on straight parts included, and the number of the input
    /// edge that its first edge lies on.
    fn restored(&self, ring: Vec<Point>, hole: bool) -> (usize, Vec<Point>) {
        let mut open: Vec<Point> = ring.iter().filter_map(|point| self.exact(*point)).collect();
        open.dedup();
        if open.len() > 1 && open.first() == open.last() {
            open.pop();
        }
        let mut closed: Vec<Point> = open.iter().chain(open.first()).copied().collect();
        if is_hole(&closed) != hole {
            closed.reverse();
        }
        let mut full: Vec<Point> = Vec::new();
        for (a, b) in edges(&closed) {
            full.push(a);
            let mut between: Vec<Point> =
                self.corners.iter().copied().filter(|corner| lies_inside(*corner, a, b)).collect();
            between.sort_by(|one, other| a.angle(*one).total_cmp(&a.angle(*other)));
            for corner in between {
                if full.last() != Some(&corner) {
                    full.push(corner);
                }
            }
        }
        // S2 walks a loop from the corner that comes first on its curve.
        if let Some(first) =
            (0..full.len()).min_by_key(|&place| full.get(place).map(|point| Cell::of_point(*point).id()))
        {
            full.rotate_left(first);
        }
        let numbers: Vec<usize> =
            full.iter().zip(full.iter().cycle().skip(1)).map(|(a, b)| self.number_of_edge(*a, *b)).collect();
        let start = beginning(&numbers);
        full.rotate_left(start);
        let first = full.first().copied();
        full.extend(first);
        (numbers.get(start).copied().unwrap_or(usize::MAX), full)
    }

    /// The corner, or the crossing of two edges, that a rounded point stands for; none for a point that only rounding has
    /// set on an edge, as where two run along each other.
    fn exact(&self, point: Point) -> Option<Point> {
        let nearest =
            self.corners.iter().min_by(|a, b| a.minus(point).length().total_cmp(&b.minus(point).length()));
        if let Some(corner) = nearest
            && corner.angle(point) <= self.near
        {
            return Some(*corner);
        }
        let through: Vec<&(Point, Point)> =
            self.edges.iter().filter(|(a, b)| lies_on(point, *a, *b, self.near)).collect();
        for (index, (a, b)) in through.iter().enumerate() {
            for (c, d) in through.iter().skip(index + 1) {
                if let Some(place) = crossing(*a, *b, *c, *d)
                    && place.angle(point) <= 16.0 * self.near
                {
                    return Some(place);
                }
            }
        }
        None
    }

    /// The lowest number of an input edge that an edge of the result lies on.
    fn number_of_edge(&self, from: Point, to: Point) -> usize {
        self.edges
            .iter()
            .position(|&(a, b)| {
                lies_on(from, a, b, ON_EDGE)
                    && lies_on(to, a, b, ON_EDGE)
                    && b.minus(a).dot(to.minus(from)) > 0.0
            })
            .unwrap_or(usize::MAX)
    }
}

/// Behind the edge of the highest number, which then comes last; of several such edges behind the last of the first run.
fn beginning(numbers: &[usize]) -> usize {
    let mut last = 0;
    let mut gap = false;
    for (place, number) in numbers.iter().enumerate().skip(1) {
        match number.cmp(&numbers[last]) {
            Ordering::Less => gap = true,
            Ordering::Equal if gap => {}
            _ => {
                last = place;
                gap = false;
            }
        }
    }
    if last + 1 >= numbers.len() { 0 } else { last + 1 }
}

fn lies_inside(point: Point, a: Point, b: Point) -> bool {
    point != a && point != b && lies_on(point, a, b, ON_EDGE)
}

/// Whether a point lies no farther from an edge than a tolerance. Measured by differences, which are exact for short
/// edges.
fn lies_on(point: Point, a: Point, b: Point, tolerance: f64) -> bool {
    let along = b.minus(a);
    let length = along.length();
    let place = point.minus(a).dot(along) / length;
    (-tolerance..=length + tolerance).contains(&place) && side(a, b, point).abs() <= tolerance * length
}
