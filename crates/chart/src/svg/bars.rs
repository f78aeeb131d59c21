//! Bars to the right, a line for each name.

use super::plot::names;
use super::{FAINT, GRID, INK, MARGIN, Sheet, WIDTH, colour, elided, legend, width_of};
use crate::chart::Plot;
use crate::scale::{Unit, number};

const WIDEST_NAME: f64 = 260.0;

pub(super) fn draw(plot: &Plot, sheet: &mut Sheet) {
    let categories = names(&plot.x);
    let all: Vec<(usize, &str)> = plot
        .panels
        .iter()
        .flat_map(|panel| &panel.series)
        .map(|(number, series)| (*number, series.name.as_str()))
        .collect();
    let texts: Vec<&str> = all.iter().map(|(_, name)| *name).collect();
    let right = if plot.legend { legend::room(&texts) } else { 44.0 };
    let name_width = categories.iter().map(|name| width_of(name)).fold(0.0, f64::max).min(WIDEST_NAME);
    let left = MARGIN + name_width + 10.0;
    let width = WIDTH - MARGIN - right - left;
    let begin = sheet.top;
    if !plot.x_title.is_empty() {
        let end = format!("text-anchor=\"end\" fill=\"{FAINT}\"");
        sheet.label(left - 8.0, sheet.top + 10.0, &elided(&plot.x_title, left - 14.0), &end);
        sheet.top += 16.0;
    }
    for panel in &plot.panels {
        let rows = if plot.stacked { 1 } else { panel.series.len() };
        let bar = match categories.len() * rows {
            0..=12 => 24.0,
            13..=30 => 18.0,
            31..=80 => 13.0,
            _ => 9.0,
        };
        let slot = bar * rows as f64 + if rows > 1 { 10.0 } else { 6.0 };
        if plot.panels.len() > 1
            && let Some((_, series)) = panel.series.first()
        {
            let mark = format!("fill=\"{INK}\" font-weight=\"600\"");
            sheet.label(left, sheet.top + 12.0, &series.name, &mark);
            sheet.top += 20.0;
        }
        let top = sheet.top;
        let bottom = top + slot * categories.len() as f64 + 4.0;
        let x = |value: f64| left + panel.y.at(value).clamp(0.0, 1.0) * width;
        for tick in panel.y.ticks(6) {
            sheet.line((x(tick.value), top), (x(tick.value), bottom), GRID);
            let middle = format!("text-anchor=\"middle\" fill=\"{FAINT}\"");
            sheet.label(x(tick.value), bottom + 16.0, &tick.label, &middle);
        }
        for (place, name) in categories.iter().enumerate() {
            let y = top + slot * (place as f64 + 0.5) + 2.0;
            let end = format!("text-anchor=\"end\" fill=\"{INK}\"");
            sheet.label(left - 8.0, y + 4.0, &elided(name, WIDEST_NAME), &end);
        }
        for (row, (colour_number, series)) in panel.series.iter().enumerate() {
            for point in series.points.iter().filter(|point| panel.y.shows(point.high)) {
                let row = if plot.stacked { 0.0 } else { row as f64 };
                let y = top + 2.0 + slot * point.x + (slot - bar * rows as f64) / 2.0 + row * bar;
                let low = if panel.y.log { panel.y.low.max(point.low) } else { point.low };
                let (from, to) = (x(low), x(point.high));
                let value = match panel.y.unit {
                    Unit::Span => panel.y.words(point.value),
                    _ => number(point.value),
                };
                let name = categories.get(point.x as usize).map_or("", String::as_str);
                let title = [series.name.as_str(), name, value.as_str()].join("\n");
                sheet.bar(
                    (from.min(to), y),
                    ((to - from).abs(), bar - 1.0),
                    colour(*colour_number),
                    title.trim(),
                );
                if !plot.stacked && bar > 10.0 && point.high >= low {
                    sheet.label(
                        to + 5.0,
                        y + bar / 2.0 + 3.5,
                        &value,
                        &format!("font-size=\"11\" fill=\"{FAINT}\""),
                    );
                }
            }
        }
        let base = x(if panel.y.log { panel.y.low } else { 0.0 });
        sheet.line((base, top), (base, bottom), FAINT);
        sheet.top = bottom + 24.0;
    }
    if !plot.y_title.is_empty() {
        sheet.top += 14.0;
        let y = sheet.top - 2.0;
        sheet.label(
            left + width / 2.0,
            y,
            &plot.y_title,
            &format!("text-anchor=\"middle\" fill=\"{FAINT}\""),
        );
    }
    if plot.legend {
        let height = (sheet.top - begin).max(19.0 * 12.0);
        legend::draw(&all, (left + width + 22.0, begin), height, sheet);
        sheet.top = sheet.top.max(begin + 19.0 * all.len().min(12) as f64);
    }
}
