//! Grids of cells: geohash, S2 and H3.

use std::str::FromStr;

use h3o::{CellIndex, LatLng, Resolution};
use kql_types::dynamic::quote;

use crate::column::JsonText;
use crate::function::Function;
use crate::kernel::geo::geohash;
use crate::kernel::geo::point::Point;
use crate::kernel::geo::s2::{Cell, DEEPEST};
use crate::kernel::geo::shape::{point_json, ring_json};
use crate::kernel::series::write;
use crate::row;

const GEOHASH_LETTERS: i64 = 5;
const S2_LEVEL: i64 = 11;
const H3_RESOLUTION: i64 = 6;
/// Kusto lists the children of no more levels down.
const MOST_LEVELS_DOWN: i64 = 5;

pub(super) fn functions() -> Vec<Function> {
    let mut functions = geohash_functions();
    functions.extend(s2_functions());
    functions.extend(h3_functions());
    functions
}

fn geohash_functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_point_to_geohash",
            "The geohash of a point with so many letters, 5 if nothing else is asked for, up to 18. Empty where the point or the \
             number is invalid.",
            &[("geo_point_to_geohash(42.473, 23.708)", "sunny"), ("geo_point_to_geohash(200, 1)", "")],
        )
        .on(row!(|longitude: f64, latitude: f64| -> Option<String> {
            point_to_geohash(longitude, latitude, GEOHASH_LETTERS)
        }))
        .on(row!(|longitude: f64, latitude: f64, accuracy: i64| -> Option<String> {
            point_to_geohash(longitude, latitude, accuracy)
        })),
        Function::new("geo_geohash_to_central_point", "The middle of a geohash. Null where it is invalid.", &[
            ("geo_geohash_to_central_point('sunny')", "{\"type\":\"Point\",\"coordinates\":[42.47314453125,23.70849609375]}"),
            ("geo_geohash_to_central_point('a')", ""),
        ])
        .on(row!(|geohash: &str| -> Option<JsonText> {
            Some(JsonText(point_json(geohash::decode(geohash)?.center())))
        })),
        Function::new("geo_geohash_to_polygon", "The rectangle of a geohash as a polygon. Null where it is invalid.", &[(
            "geo_geohash_to_polygon('dr5ru')",
            "{\"type\":\"Polygon\",\"coordinates\":[[[-74.00390625,40.7373046875],[-73.9599609375,40.7373046875],\
             [-73.9599609375,40.78125],[-74.00390625,40.78125],[-74.00390625,40.7373046875]]]}",
        )])
        .on(row!(|geohash: &str| -> Option<JsonText> {
            Some(JsonText(ring_json(&geohash::decode(geohash)?.corners())))
        })),
        Function::new("geo_geohash_neighbors", "The geohashes around one. Null where it is invalid.", &[(
            "geo_geohash_neighbors('sunny')",
            "[\"sunnv\",\"sunnt\",\"sunnw\",\"sunnx\",\"sunpp\",\"sunnz\",\"sunpn\",\"sunpj\"]",
        )])
        .on(row!(|geohash: &str| -> Option<JsonText> { Some(tokens(geohash::neighbours(geohash)?)) })),
    ]
}

fn s2_functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_point_to_s2cell",
            "The token of the S2 cell of a level that holds a point, 11 if nothing else is asked for, up to 30. Empty where the \
             point or the level is invalid.",
            &[("geo_point_to_s2cell(-73.98, 40.75, 9)", "89c25c"), ("geo_point_to_s2cell(300, 1, 8)", "")],
        )
        .on(row!(|longitude: f64, latitude: f64| -> Option<String> {
            point_to_s2(longitude, latitude, S2_LEVEL)
        }))
        .on(row!(|longitude: f64, latitude: f64, level: i64| -> Option<String> {
            point_to_s2(longitude, latitude, level)
        })),
        Function::new("geo_s2cell_to_central_point", "The middle of an S2 cell. Null where the token is invalid.", &[(
            "geo_s2cell_to_central_point('a')",
            "",
        )])
        .on(row!(|s2cell: &str| -> Option<JsonText> {
            Some(JsonText(point_json(Cell::from_token(s2cell)?.center().degrees())))
        })),
        Function::new("geo_s2cell_to_polygon", "An S2 cell as a polygon. Null where the token is invalid.", &[(
            "round(toreal(geo_s2cell_to_polygon('89c259').coordinates[0][0][1]), 9)",
            "40.801268434",
        )])
        .on(row!(|s2cell: &str| -> Option<JsonText> {
            Some(JsonText(ring_json(&Cell::from_token(s2cell)?.corners().map(Point::degrees))))
        })),
        Function::new("geo_s2cell_neighbors", "The S2 cells around one. Null where the token is invalid.", &[(
            "geo_s2cell_neighbors('89c259')",
            "[\"89c25d\",\"89c25b\",\"89c2f7\",\"89c257\",\"89c2f5\",\"89c251\",\"89c25f\",\"89c2f9\"]",
        )])
        .on(row!(|s2cell: &str| -> Option<JsonText> {
            Some(tokens(Cell::from_token(s2cell)?.neighbours().into_iter().map(Cell::token)))
        })),
    ]
}

fn h3_functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_point_to_h3cell",
            "The token of the H3 cell of a resolution that holds a point, 6 if nothing else is asked for, up to 15. Empty where \
             the point or the resolution is invalid.",
            &[
                ("geo_point_to_h3cell(-74.04450446039874, 40.689250859314974, 6)", "862a1072fffffff"),
                ("geo_point_to_h3cell(1, 1, 16)", ""),
            ],
        )
        .on(row!(|longitude: f64, latitude: f64| -> Option<String> {
            point_to_h3(longitude, latitude, H3_RESOLUTION)
        }))
        .on(row!(|longitude: f64, latitude: f64, resolution: i64| -> Option<String> {
            point_to_h3(longitude, latitude, resolution)
        })),
        Function::new("geo_h3cell_to_central_point", "The middle of an H3 cell. Null where the token is invalid.", &[
            (
                "round(toreal(geo_h3cell_to_central_point('862a1072fffffff').coordinates[0]), 9)",
                "-74.01600848",
            ),
            ("geo_h3cell_to_central_point('1')", ""),
        ])
        .on(row!(|h3cell: &str| -> Option<JsonText> { Some(JsonText(point_json(degrees(LatLng::from(h3(h3cell)?))))) })),
        Function::new("geo_h3cell_to_polygon", "An H3 cell as a polygon. Null where the token is invalid.", &[
            ("array_length(geo_h3cell_to_polygon('862a1072fffffff').coordinates[0])", "7"),
            ("geo_h3cell_to_polygon('@')", ""),
        ])
        .on(row!(|h3cell: &str| -> Option<JsonText> {
            let corners: Vec<(f64, f64)> = h3(h3cell)?.boundary().iter().map(|corner| degrees(*corner)).collect();
            Some(JsonText(ring_json(&corners)))
        })),
        Function::new("geo_h3cell_level", "The resolution of an H3 cell. Null where the token is invalid.", &[
            ("geo_h3cell_level('862a1072fffffff')", "6"),
            ("geo_h3cell_level('abc')", ""),
        ])
        .on(row!(|h3cell: &str| -> Option<i32> { Some(i32::from(u8::from(h3(h3cell)?.resolution()))) })),
        Function::new(
            "geo_h3cell_parent",
            "The H3 cell of a lower resolution, the next if none is given, that holds a cell. Empty where either is invalid.",
            &[
                ("geo_h3cell_parent('862a1072fffffff')", "852a1073fffffff"),
                ("geo_h3cell_parent('862a1072fffffff', 1)", "812a3ffffffffff"),
                ("geo_h3cell_parent('862a1072fffffff', 15)", ""),
            ],
        )
        .on(row!(|h3cell: &str| -> Option<String> {
            let cell = h3(h3cell)?;
            Some(cell.parent(cell.resolution().pred()?)?.to_string())
        }))
        .on(row!(|h3cell: &str, resolution: i64| -> Option<String> {
            Some(h3(h3cell)?.parent(h3_resolution(resolution)?)?.to_string())
        })),
        Function::new(
            "geo_h3cell_children",
            "The H3 cells of a higher resolution, the next if none is given, that lie in a cell. Null where either is invalid or \
             more than five levels lie between.",
            &[(
                "geo_h3cell_children('862a1072fffffff')",
                "[\"872a10728ffffff\",\"872a10729ffffff\",\"872a1072affffff\",\"872a1072bffffff\",\"872a1072cffffff\",\
                 \"872a1072dffffff\",\"872a1072effffff\"]",
            )],
        )
        .on(row!(|h3cell: &str| -> Option<JsonText> {
            let cell = h3(h3cell)?;
            children(cell, i64::from(u8::from(cell.resolution())) + 1)
        }))
        .on(row!(|h3cell: &str, resolution: i64| -> Option<JsonText> { children(h3(h3cell)?, resolution) })),
        Function::new("geo_h3cell_neighbors", "The H3 cells around one. Null where the token is invalid.", &[(
            "geo_h3cell_neighbors('862a1072fffffff')",
            "[\"862a10727ffffff\",\"862a10707ffffff\",\"862a1070fffffff\",\"862a10777ffffff\",\"862a100dfffffff\",\
             \"862a100d7ffffff\"]",
        )])
        .on(row!(|h3cell: &str| -> Option<JsonText> {
            let rings = rings(h3(h3cell)?, 1);
            Some(tokens(rings.into_iter().skip(1).flatten().map(|cell| cell.to_string())))
        })),
        Function::new(
            "geo_h3cell_rings",
            "The rings of H3 cells about a cell, from itself to a distance of at most 142. Null where either is invalid.",
            &[(
                "geo_h3cell_rings('861f8894fffffff', 1)",
                "[[\"861f8894fffffff\"],[\"861f88947ffffff\",\"861f8895fffffff\",\"861f88867ffffff\",\"861f8d497ffffff\",\
                 \"861f8d4b7ffffff\",\"861f8896fffffff\"]]",
            )],
        )
        .on(row!(|h3cell: &str, distance: i64| -> Option<JsonText> {
            let distance = u32::try_from(distance).ok().filter(|distance| *distance <= 142)?;
            let rings = rings(h3(h3cell)?, distance);
            let ring = |ring: Vec<CellIndex>| tokens(ring.into_iter().map(|cell| cell.to_string())).0;
            Some(JsonText(write(rings, |cells, out| out.push_str(&ring(cells)))))
        })),
    ]
}

fn tokens(texts: impl IntoIterator<Item = String>) -> JsonText {
    JsonText(write(texts, |text, out| quote(&text, out)))
}

fn point_to_geohash(longitude: f64, latitude: f64, letters: i64) -> Option<String> {
    Point::from_degrees(longitude, latitude)?;
    let letters = usize::try_from(letters).ok().filter(|letters| (1..=geohash::LONGEST).contains(letters))?;
    Some(geohash::encode((longitude, latitude), letters))
}

fn point_to_s2(longitude: f64, latitude: f64, level: i64) -> Option<String> {
    let level = u32::try_from(level).ok().filter(|level| *level <= DEEPEST)?;
    Some(Cell::of_point(Point::from_degrees(longitude, latitude)?).parent(level).token())
}

fn h3_resolution(resolution: i64) -> Option<Resolution> {
    Resolution::try_from(u8::try_from(resolution).ok()?).ok()
}

fn point_to_h3(longitude: f64, latitude: f64, resolution: i64) -> Option<String> {
    Point::from_degrees(longitude, latitude)?;
    let resolution = h3_resolution(resolution)?;
    Some(LatLng::new(latitude, longitude).ok()?.to_cell(resolution).to_string())
}

fn h3(token: &str) -> Option<CellIndex> {
    CellIndex::from_str(token).ok()
}

fn degrees(place: LatLng) -> (f64, f64) {
    (place.lng(), place.lat())
}

fn children(cell: CellIndex, resolution: i64) -> Option<JsonText> {
    let levels = resolution - i64::from(u8::from(cell.resolution()));
    if !(1..=MOST_LEVELS_DOWN).contains(&levels) {
        return None;
    }
    Some(tokens(cell.children(h3_resolution(resolution)?).map(|cell| cell.to_string())))
}

/// The cells at each distance, in the order in which H3 walks around.
fn rings(cell: CellIndex, distance: u32) -> Vec<Vec<CellIndex>> {
    let mut rings: Vec<Vec<CellIndex>> = (0..=distance).map(|_| Vec::new()).collect();
    for (cell, away) in cell.grid_disk_distances::<Vec<_>>(distance) {
        if let Some(ring) = rings.get_mut(away as usize) {
            ring.push(cell);
        }
    }
    rings
}
