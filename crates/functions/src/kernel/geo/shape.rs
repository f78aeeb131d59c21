//! Lines and polygons read from GeoJSON, and shapes written as GeoJSON.

use kql_types::dynamic::{elements, get_key, tostring};
use kql_types::number::write_json_real;

use super::point::Point;
use super::polygon::Polygon;
use crate::kernel::series::whole;

/// The rings of a polygon as longitudes and latitudes in degrees, the shell first.
pub type RingsInDegrees = Vec<Vec<(f64, f64)>>;

/// One line or several.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines(pub Vec<Vec<Point>>);

/// One polygon or several.
#[derive(Debug, Clone, PartialEq)]
pub struct Polygons(pub Vec<Polygon>);

impl Lines {
    /// A LineString or MultiLineString; `None` where it is none, or invalid.
    pub fn parse(json: &str) -> Option<Self> {
        let coordinates = get_key(json, "coordinates")?;
        let lines = match tostring(get_key(json, "type")?).as_ref() {
            "LineString" => vec![line(coordinates)?],
            "MultiLineString" => elements(coordinates).map(line).collect::<Option<Vec<_>>>()?,
            _ => return None,
        };
        (!lines.is_empty()).then_some(Lines(lines))
    }

    /// The only line; `None` of several.
    pub fn single(&self) -> Option<&[Point]> {
        match self.0.as_slice() {
            [line] => Some(line),
            _ => None,
        }
    }

    /// The edges of all lines.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.0.iter().flat_map(|line| edges(line))
    }
}

impl Polygons {
    /// A Polygon or MultiPolygon; `None` where it is none, or invalid.
    pub fn parse(json: &str) -> Option<Self> {
        let coordinates = get_key(json, "coordinates")?;
        let polygons = match tostring(get_key(json, "type")?).as_ref() {
            "Polygon" => vec![polygon(coordinates)?],
            "MultiPolygon" => elements(coordinates).map(polygon).collect::<Option<Vec<_>>>()?,
            _ => return None,
        };
        (!polygons.is_empty()).then_some(Polygons(polygons))
    }

    /// Whether a point lies in any of the polygons.
    pub fn contains(&self, point: Point) -> bool {
        self.0.iter().any(|polygon| polygon.contains(point))
    }

    /// The edges of all rings.
    pub fn edges(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        self.0.iter().flat_map(Polygon::edges)
    }

    /// Whether no two of the polygons have a part in common.
    pub fn are_apart(&self) -> bool {
        self.0
            .iter()
            .enumerate()
            .all(|(index, polygon)| self.0.iter().skip(index + 1).all(|other| !polygon.intersects(other)))
    }
}

/// The pairs of neighbours.
pub fn edges(points: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    points.iter().copied().zip(points.iter().skip(1).copied())
}

/// Longitude and latitude in degrees of a position.
pub fn position(json: &str) -> Option<(f64, f64)> {
    match whole(json)?.as_slice() {
        [longitude, latitude] => Some((*longitude, *latitude)),
        _ => None,
    }
}

fn points(json: &str) -> Option<Vec<Point>> {
    elements(json)
        .map(|element| {
            position(element).and_then(|(longitude, latitude)| Point::from_degrees(longitude, latitude))
        })
        .collect()
}

fn line(json: &str) -> Option<Vec<Point>> {
    points(json).filter(|points| points.len() >= 2)
}

fn polygon(json: &str) -> Option<Polygon> {
    Polygon::new(elements(json).map(points).collect::<Option<Vec<_>>>()?)
}

/// The rings of each polygon in degrees as they are written; `None` where the shape is no polygon.
pub fn rings_in_degrees(json: &str) -> Option<Vec<RingsInDegrees>> {
    let coordinates = get_key(json, "coordinates")?;
    let ring = |json: &str| elements(json).map(position).collect::<Option<Vec<_>>>();
    let rings = |json: &str| elements(json).map(ring).collect::<Option<Vec<_>>>();
    match tostring(get_key(json, "type")?).as_ref() {
        "Polygon" => Some(vec![rings(coordinates)?]),
        "MultiPolygon" => elements(coordinates).map(rings).collect(),
        _ => None,
    }
}

/// `[longitude,latitude]`.
pub fn write_position((longitude, latitude): (f64, f64), out: &mut String) {
    out.push('[');
    write_json_real(longitude, out);
    out.push(',');
    write_json_real(latitude, out);
    out.push(']');
}

/// A list of positions.
pub fn write_positions(positions: impl IntoIterator<Item = (f64, f64)>, out: &mut String) {
    out.push('[');
    for (index, position) in positions.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_position(position, out);
    }
    out.push(']');
}

/// A Point.
pub fn point_json(position: (f64, f64)) -> String {
    let mut text = String::from("{\"type\":\"Point\",\"coordinates\":");
    write_position(position, &mut text);
    text.push('}');
    text
}

/// A Polygon of one ring, which is closed here.
pub fn ring_json(ring: &[(f64, f64)]) -> String {
    let closed = ring.iter().chain(ring.first()).copied();
    let mut text = String::from("{\"type\":\"Polygon\",\"coordinates\":[");
    write_positions(closed, &mut text);
    text.push_str("]}");
    text
}

/// A LineString of one line, a MultiLineString of several, and an empty collection of none.
pub fn lines_json(lines: &[Vec<(f64, f64)>]) -> String {
    match lines {
        [] => EMPTY.to_string(),
        [line] => {
            let mut text = String::from("{\"type\":\"LineString\",\"coordinates\":");
            write_positions(line.iter().copied(), &mut text);
            text.push('}');
            text
        }
        lines => {
            let mut text = String::from("{\"type\":\"MultiLineString\",\"coordinates\":[");
            for (index, line) in lines.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_positions(line.iter().copied(), &mut text);
            }
            text.push_str("]}");
            text
        }
    }
}

/// A Polygon of one polygon, a MultiPolygon of several, and an empty collection of none. Holes run clockwise.
pub fn polygons_json(polygons: &[Polygon]) -> String {
    let degrees = |polygon: &Polygon| -> RingsInDegrees {
        let turned = |(index, ring): (usize, &Vec<Point>)| match index {
            0 => ring.iter().map(|point| point.degrees()).collect(),
            _ => ring.iter().rev().map(|point| point.degrees()).collect(),
        };
        polygon.rings().enumerate().map(turned).collect()
    };
    rings_json(&polygons.iter().map(degrees).collect::<Vec<_>>())
}

/// The same of the rings of each polygon in degrees, as they are.
pub fn rings_json(polygons: &[RingsInDegrees]) -> String {
    let rings = |rings: &RingsInDegrees, out: &mut String| {
        out.push('[');
        for (index, ring) in rings.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_positions(ring.iter().copied(), out);
        }
        out.push(']');
    };
    match polygons {
        [] => EMPTY.to_string(),
        [polygon] => {
            let mut text = String::from("{\"type\":\"Polygon\",\"coordinates\":");
            rings(polygon, &mut text);
            text.push('}');
            text
        }
        polygons => {
            let mut text = String::from("{\"type\":\"MultiPolygon\",\"coordinates\":[");
            for (index, polygon) in polygons.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                rings(polygon, &mut text);
            }
            text.push_str("]}");
            text
        }
    }
}

/// A collection of nothing.
pub const EMPTY: &str = "{\"type\":\"GeometryCollection\",\"geometries\":[]}";
