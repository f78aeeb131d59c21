//! Well-known text to GeoJSON: geo_from_wkt.

use crate::column::JsonText;
use crate::function::Function;
use crate::row;

/// Collections in collections end somewhere.
const DEEPEST: usize = 16;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new(
            "geo_from_wkt",
            "A shape written as well-known text, as GeoJSON. Null where the text is none.",
            &[
                ("geo_from_wkt('POINT (1 2)')", "{\"type\":\"Point\",\"coordinates\":[1,2]}"),
                ("geo_from_wkt('MULTIPOINT (1 1, 2 2)')", "{\"type\":\"MultiPoint\",\"coordinates\":[[1,1],[2,2]]}"),
                (
                    "geo_from_wkt('POLYGON ((0 0, 2 0, 2 2, 0 0))')",
                    "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[2,0],[2,2],[0,0]]]}",
                ),
                (
                    "geo_from_wkt('GEOMETRYCOLLECTION (POINT (1 1),LINESTRING (2 2, 3 3, 4 4))')",
                    "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,1]},\
                     {\"type\":\"LineString\",\"coordinates\":[[2,2],[3,3],[4,4]]}]}",
                ),
                ("geo_from_wkt('POINT (1')", ""),
            ],
        )
        .on(row!(|wkt: &str| -> Option<JsonText> {
            let mut rest = wkt;
            let mut json = String::new();
            shape(&mut rest, DEEPEST, &mut json)?;
            rest.trim().is_empty().then_some(JsonText(json))
        })),
    ]
}

/// How deeply the coordinates of a shape are nested: 0 for one position.
fn depth_of(name: &str) -> Option<(&'static str, usize)> {
    Some(match name {
        "POINT" => ("Point", 0),
        "LINESTRING" => ("LineString", 1),
        "MULTIPOINT" => ("MultiPoint", 1),
        "POLYGON" => ("Polygon", 2),
        "MULTILINESTRING" => ("MultiLineString", 2),
        "MULTIPOLYGON" => ("MultiPolygon", 3),
        _ => return None,
    })
}

fn shape(rest: &mut &str, deepest: usize, out: &mut String) -> Option<()> {
    let deepest = deepest.checked_sub(1)?;
    let text = rest.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    *rest = after;
    let name = name.to_ascii_uppercase();
    if name == "GEOMETRYCOLLECTION" {
        out.push_str("{\"type\":\"GeometryCollection\",\"geometries\":[");
        listed(rest, out, |rest, out| shape(rest, deepest, out))?;
        out.push_str("]}");
        return Some(());
    }
    let (geojson, depth) = depth_of(&name)?;
    out.push_str("{\"type\":\"");
    out.push_str(geojson);
    out.push_str("\",\"coordinates\":");
    if depth == 0 {
        token(rest, '(')?;
        position(rest, out)?;
        token(rest, ')')?;
    } else {
        nested(rest, depth, out)?;
    }
    out.push('}');
    Some(())
}

/// Positions in parentheses, nested so deeply.
fn nested(rest: &mut &str, depth: usize, out: &mut String) -> Option<()> {
    out.push('[');
    if depth <= 1 {
        // The positions of a MULTIPOINT may stand in parentheses of their own.
        listed(rest, out, |rest, out| {
            if rest.trim_start().starts_with('(') {
                token(rest, '(')?;
                position(rest, out)?;
                return token(rest, ')');
            }
            position(rest, out)
        })?;
    } else {
        listed(rest, out, |rest, out| nested(rest, depth - 1, out))?;
    }
    out.push(']');
    Some(())
}

/// Items in parentheses with commas between them.
fn listed(
    rest: &mut &str,
    out: &mut String,
    item: impl Fn(&mut &str, &mut String) -> Option<()>,
) -> Option<()> {
    token(rest, '(')?;
    item(rest, out)?;
    while rest.trim_start().starts_with(',') {
        token(rest, ',')?;
        out.push(',');
        item(rest, out)?;
    }
    token(rest, ')')
}

fn token(rest: &mut &str, token: char) -> Option<()> {
    *rest = rest.trim_start().strip_prefix(token)?;
    Some(())
}

/// Two numbers, which keep their spelling.
fn position(rest: &mut &str, out: &mut String) -> Option<()> {
    out.push('[');
    number(rest, out)?;
    out.push(',');
    number(rest, out)?;
    out.push(']');
    Some(())
}

fn number(rest: &mut &str, out: &mut String) -> Option<()> {
    let text = rest.trim_start();
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')).unwrap_or(text.len());
    let (number, after) = text.split_at(end);
    let value: f64 = number.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    *rest = after;
    match number.parse::<i64>() {
        Ok(whole) => out.push_str(&whole.to_string()),
        Err(_) => kql_types::number::write_json_real(value, out),
    }
    Some(())
}
