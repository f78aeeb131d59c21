//! Charts as an SVG image: nothing in it but shapes, texts and titles that show when the mouse rests on them.

mod bars;
mod cards;
mod legend;
mod pie;
mod plot;

use crate::chart::{Chart, Mark, Picture};

const WIDTH: f64 = 960.0;
const MARGIN: f64 = 24.0;
const TITLE: f64 = 34.0;

/// The colours of series, which are told apart by most people who do not see all colours.
const COLOURS: [&str; 20] = [
    "#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e",
    "#9498a0", "#1f3a93", "#a97700", "#b3261e", "#2a7f6f", "#1b6b2f", "#b5407a", "#5e1fb3", "#4f83d6",
    "#5f3a22", "#565a63",
];

const INK: &str = "#24292f";
const FAINT: &str = "#57606a";
const GRID: &str = "#e4e7eb";

fn colour(number: usize) -> &'static str {
    COLOURS.get(number % COLOURS.len()).copied().unwrap_or(INK)
}

/// The image of charts below each other.
pub fn svg(charts: &[Chart]) -> String {
    let mut body = String::new();
    let mut top = 0.0;
    for chart in charts {
        let mut sheet = Sheet { text: String::new(), top: MARGIN };
        if let Some(title) = &chart.title {
            sheet.label(
                WIDTH / 2.0,
                MARGIN + 12.0,
                title,
                &format!("text-anchor=\"middle\" font-size=\"17\" font-weight=\"600\" fill=\"{INK}\""),
            );
            sheet.top += TITLE;
        }
        match &chart.picture {
            Picture::Plot(plot) if plot.mark == Mark::Bar => bars::draw(plot, &mut sheet),
            Picture::Plot(plot) => plot::draw(plot, &mut sheet),
            Picture::Pie(slices, legend) => pie::draw(slices, *legend, &mut sheet),
            Picture::Cards(cards) => cards::draw(cards, &mut sheet),
        }
        body.push_str(&format!("<g transform=\"translate(0 {top})\">\n{}</g>\n", sheet.text));
        top += sheet.top + MARGIN;
    }
    let height = top.max(1.0);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

/// What is drawn so far, and where the next part begins.
struct Sheet {
    text: String,
    top: f64,
}

impl Sheet {
    fn push(&mut self, element: &str) {
        self.text.push_str(element);
        self.text.push('\n');
    }

    fn label(&mut self, x: f64, y: f64, text: &str, attributes: &str) {
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" {attributes}>{}</text>",
            short(x),
            short(y),
            escaped(text)
        ));
    }

    fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), colour: &str) {
        self.push(&format!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{colour}\"/>",
            short(x1),
            short(y1),
            short(x2),
            short(y2)
        ));
    }

    fn bar(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str, title: &str) {
        self.push(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{colour}\"><title>{}</title></rect>",
            short(x),
            short(y),
            short(width),
            short(height),
            escaped(title)
        ));
    }
}

/// The width that a text takes, about.
fn width_of(text: &str) -> f64 {
    text.chars().map(|c| if c.is_ascii_uppercase() || c as u32 > 0x2e80 { 8.4 } else { 6.6 }).sum()
}

/// A text that is cut in its middle where it is too wide.
fn elided(text: &str, width: f64) -> String {
    if width_of(text) <= width {
        return text.to_string();
    }
    let most = (width / 6.9).max(3.0) as usize;
    crate::text::elided(text, most)
}

/// A coordinate with no more digits than show.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

/// A text inside an element; characters that XML does not know are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c => safe.push(c),
        }
    }
    safe
}
