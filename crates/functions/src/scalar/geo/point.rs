//! Two or three points: distance, azimuth, angle, circles.

use std::f64::consts::{PI, TAU};

use kql_types::ScalarType;

use crate::column::JsonText;
use crate::function::Function;
use crate::kernel::geo::point::{EARTH_RADIUS, Point, azimuth};
use crate::kernel::geo::shape::ring_json;
use crate::row;
use crate::{CallError, Typed};

/// A buffer may deviate so far from its circle, in meters, if nothing else is asked for.
const TOLERANCE: f64 = 10.0;
/// The smallest tolerance is this share of the radius.
const LEAST_TOLERANCE: f64 = 1e-6;
/// The largest tolerance is this share of the radius, which leaves a triangle.
const MOST_TOLERANCE: f64 = 0.999_999;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_distance_2points",
            "The shortest distance of two points in meters, on a sphere. Null outside -180 to 180 degrees of longitude and -90 \
             to 90 of latitude.",
            &[
                ("round(geo_distance_2points(-122.407628, 47.578557, -118.275287, 34.019056), 6)", "1546754.351974"),
                ("geo_distance_2points(300, 1, 1, 1)", ""),
            ],
        )
        .on(row!(
            |p1_longitude: f64, p1_latitude: f64, p2_longitude: f64, p2_latitude: f64| -> Option<f64> {
                distance((p1_longitude, p1_latitude), (p2_longitude, p2_latitude))
            }
        ))
        .on(row!(|p1_longitude: f64,
                  p1_latitude: f64,
                  p2_longitude: f64,
                  p2_latitude: f64,
                  use_spheroid: bool|
         -> Option<f64> {
            if use_spheroid { None } else { distance((p1_longitude, p1_latitude), (p2_longitude, p2_latitude)) }
        }))
        .constant("use_spheroid")
        .checked(|args| sphere_only(args, 4)),
        Function::new(
            "geo_azimuth",
            "The direction from the first point to the second in radians, clockwise from north. Null where a point is invalid or \
             both are one.",
            &[("round(geo_azimuth(5, 10, 10, -40), 9)", "3.054599398")],
        )
        .on(row!(
            |p1_longitude: f64, p1_latitude: f64, p2_longitude: f64, p2_latitude: f64| -> Option<f64> {
                direction((p1_longitude, p1_latitude), (p2_longitude, p2_latitude))
            }
        )),
        Function::new(
            "geo_angle",
            "The angle in radians, clockwise, from the line between the first two points to the line between the last two. Null \
             where a point is invalid or equal to the next.",
            &[
                ("round(geo_angle(0, 10, 0, 5, 3, -10), 9)", "2.944938434"),
                ("geo_angle(0, 10, 0, 10, 3, -10)", ""),
            ],
        )
        .on(row!(|p1_longitude: f64,
                  p1_latitude: f64,
                  p2_longitude: f64,
                  p2_latitude: f64,
                  p3_longitude: f64,
                  p3_latitude: f64|
         -> Option<f64> {
            let corner = (p2_longitude, p2_latitude);
            let first = direction(corner, (p1_longitude, p1_latitude))?;
            let second = direction(corner, (p3_longitude, p3_latitude))?;
            Some((second - first).rem_euclid(TAU))
        })),
        Function::new(
            "geo_point_in_circle",
            "Whether a point lies in the circle of a radius in meters about another. Null where a point is invalid or the radius \
             is negative.",
            &[
                ("geo_point_in_circle(-122.143564, 47.535677, -122.100896, 47.527351, 3500)", "True"),
                ("geo_point_in_circle(-122.137575, 47.630683, -122.100896, 47.527351, 3500)", "False"),
                ("geo_point_in_circle(1, 1, 1, 1, -1)", ""),
            ],
        )
        .on(row!(|p_longitude: f64,
                  p_latitude: f64,
                  pc_longitude: f64,
                  pc_latitude: f64,
                  c_radius: f64|
         -> Option<bool> {
            let distance = distance((p_longitude, p_latitude), (pc_longitude, pc_latitude))?;
            (c_radius >= 0.0).then_some(distance <= c_radius)
        })),
        Function::new(
            "geo_point_buffer",
            "A polygon about a point whose corners are as far away as a radius in meters, and whose edges stray from the circle \
             no farther than a tolerance, 10 meters if none is given. Null where the point is invalid or the radius is \
             not above 0.",
            &[
                ("array_length(geo_point_buffer(-115.1745008278, 36.1497251277, 20000).coordinates[0])", "101"),
                ("geo_point_buffer(10, 10, -1)", ""),
            ],
        )
        .on(row!(|longitude: f64, latitude: f64, radius: f64| -> Option<JsonText> {
            buffer((longitude, latitude), radius, TOLERANCE)
        }))
        .on(row!(|longitude: f64, latitude: f64, radius: f64, tolerance: f64| -> Option<JsonText> {
            buffer((longitude, latitude), radius, tolerance)
        })),
    ]
}

/// The engine measures on a sphere only.
pub(super) fn sphere_only(args: &[Typed], index: usize) -> Result<(), CallError> {
    let Some(use_spheroid) = args.get(index) else { return Ok(()) };
    let refused = use_spheroid.ty == ScalarType::Bool
        && matches!(use_spheroid.literal(), Some(datafusion::scalar::ScalarValue::Boolean(Some(true))));
    if refused {
        let message = "distances on a spheroid are not supported";
        return Err(CallError { unsupported: true, ..CallError::argument(index, message) });
    }
    Ok(())
}

fn point((longitude, latitude): (f64, f64)) -> Option<Point> {
    Point::from_degrees(longitude, latitude)
}

fn distance(from: (f64, f64), to: (f64, f64)) -> Option<f64> {
    Some(point(from)?.angle(point(to)?) * EARTH_RADIUS)
}

fn direction(from: (f64, f64), to: (f64, f64)) -> Option<f64> {
    let (from, to) = (point(from)?, point(to)?);
    (from != to).then(|| azimuth(from, to))
}

/// A regular polygon about a point, counterclockwise.
fn buffer(center: (f64, f64), radius: f64, tolerance: f64) -> Option<JsonText> {
    let center = point(center)?;
    let angle = radius / EARTH_RADIUS;
    if radius.is_nan()
        || radius <= 0.0
        || angle >= PI
        || tolerance.is_nan()
        || tolerance < radius * LEAST_TOLERANCE
    {
        return None;
    }
    let tolerance = tolerance.min(radius * MOST_TOLERANCE);
    let corners = (PI / (1.0 - tolerance / radius).acos()).ceil().max(3.0) as usize;
    let right = center.orthogonal();
    let up = center.cross(right);
    let positions: Vec<(f64, f64)> = (0..corners)
        .map(|corner| {
            let turn = TAU * corner as f64 / corners as f64;
            let aside = right.times(turn.cos()).plus(up.times(turn.sin())).times(angle.sin());
            center.times(angle.cos()).plus(aside).normalized().degrees()
        })
        .collect();
    Some(JsonText(ring_json(&positions)))
}
