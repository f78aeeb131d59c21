//! Lines, areas, columns and dots over two axes.

use super::{FAINT, GRID, INK, MARGIN, Sheet, WIDTH, colour, elided, legend, short, width_of};
use crate::chart::{Mark, Panel, Plot};
use crate::points::{Point, Series};
use crate::scale::{Scale, Tick, Unit, number};

const HEIGHT: f64 = 340.0;
const PANEL: f64 = 190.0;

/// Points of a line are shown as dots up to this many.
const MOST_DOTS: usize = 400;

/// The rectangle within the axes.
struct Frame<'p> {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    plot: &'p Plot,
    panel: &'p Panel,
}

pub(super) fn draw(plot: &Plot, sheet: &mut Sheet) {
    let names: Vec<(usize, &str)> = plot
        .panels
        .iter()
        .flat_map(|panel| &panel.series)
        .map(|(number, series)| (*number, series.name.as_str()))
        .collect();
    let texts: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
    let one = plot.panels.len() == 1;
    let right = if plot.legend { legend::room(&texts) } else { 12.0 };
    let labels = plot.panels.iter().flat_map(|panel| panel.y.ticks(5)).map(|tick| width_of(&tick.label));
    let y_title = if plot.y_title.is_empty() { 0.0 } else { 22.0 };
    let left = MARGIN + labels.fold(0.0, f64::max) + 10.0 + y_title;
    let width = WIDTH - MARGIN - right - left;
    let begin = sheet.top;
    for (place, panel) in plot.panels.iter().enumerate() {
        let height = if one { HEIGHT } else { PANEL };
        let frame = Frame { left, top: sheet.top + 6.0, width, height, plot, panel };
        let is_last = place + 1 == plot.panels.len();
        frame.axes(is_last, sheet);
        // What is outside the axes is cut off: an image within the image does so without a name of its own.
        let (x, y, across, down) =
            (short(left - 4.0), short(frame.top - 4.0), short(width + 8.0), short(height + 8.0));
        sheet.push(&format!(
            "<svg x=\"{x}\" y=\"{y}\" width=\"{across}\" height=\"{down}\" viewBox=\"{x} {y} {across} {down}\">"
        ));
        frame.marks(sheet);
        sheet.push("</svg>");
        sheet.top = frame.top + height + if is_last { 0.0 } else { 26.0 };
    }
    let bottom = sheet.top;
    sheet.top += frame_bottom(plot, width);
    if !plot.x_title.is_empty() {
        sheet.top += 18.0;
        let caption = crate::text::x_caption(plot);
        let y = sheet.top - 2.0;
        sheet.label(left + width / 2.0, y, &caption, &format!("text-anchor=\"middle\" fill=\"{FAINT}\""));
    }
    if !plot.y_title.is_empty() {
        let (x, y) = (MARGIN + 8.0, (begin + bottom) / 2.0);
        let turn = format!(
            "text-anchor=\"middle\" fill=\"{FAINT}\" transform=\"rotate(-90 {} {})\"",
            short(x),
            short(y)
        );
        sheet.label(x, y, &elided(&plot.y_title, bottom - begin), &turn);
    }
    if plot.legend {
        legend::draw(&names, (left + width + 22.0, begin + 4.0), bottom - begin, sheet);
    }
}

/// The labels of names: level where they have room, else slanted.
fn is_slanted(plot: &Plot, width: f64) -> bool {
    let Unit::Name(names) = &plot.x.unit else { return false };
    let room = width / names.len().max(1) as f64;
    names.iter().any(|name| width_of(name) + 6.0 > room)
}

/// The room below the last panel.
fn frame_bottom(plot: &Plot, width: f64) -> f64 {
    match &plot.x.unit {
        Unit::Name(names) if is_slanted(plot, width) => {
            names.iter().map(|name| width_of(&elided(name, 150.0))).fold(0.0, f64::max) * 0.62 + 24.0
        }
        _ => 24.0,
    }
}

impl Frame<'_> {
    fn x(&self, value: f64) -> f64 {
        self.left + self.plot.x.at(value) * self.width
    }

    fn y(&self, value: f64) -> f64 {
        // Far outside is as good as outside, and short to write.
        self.top + (1.0 - self.panel.y.at(value).clamp(-1.0, 2.0)) * self.height
    }

    fn axes(&self, is_last: bool, sheet: &mut Sheet) {
        for tick in self.panel.y.ticks(5) {
            let y = self.y(tick.value);
            sheet.line((self.left, y), (self.left + self.width, y), GRID);
            let right = format!("text-anchor=\"end\" fill=\"{FAINT}\"");
            sheet.label(self.left - 8.0, y + 4.0, &tick.label, &right);
        }
        let bottom = self.top + self.height;
        let ticks = self.x_ticks();
        for tick in &ticks {
            let x = self.x(tick.value);
            if !matches!(self.plot.x.unit, Unit::Name(_)) {
                sheet.line((x, bottom), (x, bottom + 5.0), FAINT);
            }
            if is_last {
                self.x_label(tick, x, bottom, sheet);
            }
        }
        let base = if self.panel.y.shows(0.0) && (0.0..=1.0).contains(&self.panel.y.at(0.0)) {
            self.y(0.0)
        } else {
            bottom
        };
        sheet.line((self.left, base), (self.left + self.width, base), FAINT);
        if self.plot.panels.len() > 1
            && let Some((_, series)) = self.panel.series.first()
        {
            let mark = format!("fill=\"{INK}\" font-weight=\"600\"");
            sheet.label(self.left + 8.0, self.top + 12.0, &elided(&series.name, self.width / 2.0), &mark);
        }
    }

    fn x_ticks(&self) -> Vec<Tick> {
        let most = (self.width / 90.0) as usize;
        let ticks = self.plot.x.ticks(most.max(2));
        // So many names that they could not be read are thinned out.
        let every = match self.plot.x.unit {
            Unit::Name(_) => (ticks.len() as f64 * 14.0 / self.width).ceil().max(1.0) as usize,
            _ => 1,
        };
        ticks.into_iter().step_by(every).collect()
    }

    fn x_label(&self, tick: &Tick, x: f64, bottom: f64, sheet: &mut Sheet) {
        if is_slanted(self.plot, self.width) {
            let (x, y) = (x + 4.0, bottom + 16.0);
            let turn = format!(
                "text-anchor=\"end\" fill=\"{FAINT}\" transform=\"rotate(-38 {} {})\"",
                short(x),
                short(y)
            );
            // The first names end before the edge of the image.
            let room = 150.0_f64.min((x - 6.0) / 0.79);
            sheet.label(x, y, &elided(&tick.label, room), &turn);
        } else {
            sheet.label(x, bottom + 19.0, &tick.label, &format!("text-anchor=\"middle\" fill=\"{FAINT}\""));
        }
    }

    fn marks(&self, sheet: &mut Sheet) {
        let count = self.panel.series.len();
        for (place, (number, series)) in self.panel.series.iter().enumerate() {
            match self.plot.mark {
                Mark::Line => self.lines(*number, series, sheet),
                Mark::Area => self.area(*number, series, sheet),
                Mark::Column | Mark::Bar => self.columns(*number, series, (place, count), sheet),
                Mark::Dot => self.dots(*number, series, 4.0, 0.75, sheet),
            }
            for point in series.anomalies.iter().filter(|point| self.panel.y.shows(point.high)) {
                sheet.push(&format!(
                    "<circle cx=\"{}\" cy=\"{}\" r=\"5.5\" fill=\"none\" stroke=\"#d1242f\" stroke-width=\"2\"><title>{}</title></circle>",
                    short(self.x(point.x)),
                    short(self.y(point.high)),
                    super::escaped(&format!("anomaly\n{}", self.title(series, point)))
                ));
            }
        }
    }

    fn title(&self, series: &Series, point: &Point) -> String {
        let value = match self.panel.y.unit {
            Unit::Span => self.panel.y.words(point.value),
            _ => number(point.value),
        };
        let x = self.plot.x.words(point.x);
        match series.name.is_empty() {
            true => format!("{x}\n{value}"),
            false => format!("{}\n{x}\n{value}", series.name),
        }
    }

    /// Runs of points without a gap.
    fn runs(&self, series: &Series) -> Vec<Vec<Point>> {
        let mut runs = vec![Vec::new()];
        for point in &series.points {
            if !self.panel.y.shows(point.high) || !self.plot.x.shows(point.x) {
                runs.push(Vec::new());
            } else if let Some(run) = runs.last_mut() {
                run.push(*point);
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    fn path(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        points
            .map(|(x, y)| format!("{},{}", short(self.x(x)), short(self.y(y))))
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn lines(&self, number: usize, series: &Series, sheet: &mut Sheet) {
        for run in self.runs(series) {
            let path = self.path(run.iter().map(|point| (point.x, point.high)));
            sheet.push(&format!(
                "<polyline points=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>",
                colour(number)
            ));
        }
        if series.points.len() <= MOST_DOTS {
            let radius = if series.points.len() <= 60 { 3.0 } else { 1.6 };
            self.dots(number, series, radius, 1.0, sheet);
        }
    }

    fn area(&self, number: usize, series: &Series, sheet: &mut Sheet) {
        let floor = |value: f64| if self.panel.y.log { value.max(self.panel.y.low) } else { value };
        for run in self.runs(series) {
            let top = run.iter().map(|point| (point.x, point.high));
            let low = |point: &Point| floor(if self.plot.stacked { point.low } else { 0.0 });
            let base = run.iter().rev().map(|point| (point.x, low(point)));
            let path = self.path(top.clone().chain(base));
            let opacity = if self.plot.stacked { "0.8" } else { "0.35" };
            sheet.push(&format!(
                "<polygon points=\"{path}\" fill=\"{}\" fill-opacity=\"{opacity}\"/>",
                colour(number)
            ));
            sheet.push(&format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>",
                self.path(top),
                colour(number)
            ));
        }
        if series.points.len() <= MOST_DOTS {
            self.dots(number, series, 2.0, 1.0, sheet);
        }
    }

    fn dots(&self, number: usize, series: &Series, radius: f64, opacity: f64, sheet: &mut Sheet) {
        for point in &series.points {
            if self.panel.y.shows(point.high) && self.plot.x.shows(point.x) {
                sheet.push(&format!(
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"{}\" fill-opacity=\"{opacity}\"><title>{}</title></circle>",
                    short(self.x(point.x)),
                    short(self.y(point.high)),
                    colour(number),
                    super::escaped(&self.title(series, point))
                ));
            }
        }
    }

    fn columns(&self, number: usize, series: &Series, (place, count): (usize, usize), sheet: &mut Sheet) {
        let slot = self.plot.slot / (self.plot.x.high - self.plot.x.low) * self.width;
        let room = (slot * 0.82).max(1.0);
        let (left, width) = match self.plot.stacked {
            true => (0.0, room),
            false => (room / count as f64 * place as f64, room / count as f64),
        };
        for point in series.points.iter().filter(|point| self.panel.y.shows(point.high)) {
            let low = if self.panel.y.log { self.panel.y.low.max(point.low) } else { point.low };
            let (from, to) = (self.y(low), self.y(point.high));
            let x = self.x(point.x) - room / 2.0 + left;
            let size = (width.max(0.5), (from - to).abs());
            sheet.bar((x, from.min(to)), size, colour(number), &self.title(series, point));
        }
    }
}

/// Whether a scale has names.
pub(super) fn names(scale: &Scale) -> &[String] {
    match &scale.unit {
        Unit::Name(names) => names,
        _ => &[],
    }
}
