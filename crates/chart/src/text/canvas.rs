//! A rectangle of characters, each of two by four dots.

use super::{Room, painted, sign};

/// The bits of the dots of a Braille character, by line and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// A character.
#[derive(Clone, Copy, Default)]
struct Field {
    dots: u8,
    sign: Option<char>,
    series: usize,
}

/// What is drawn on.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    fields: Vec<Field>,
    /// Series are drawn by signs, since there are several and no colours.
    pub signs: bool,
}

impl Canvas {
    pub fn new(width: usize, height: usize, signs: bool) -> Self {
        Canvas { width, height, fields: vec![Field::default(); width * height], signs }
    }

    /// How many dots there are from left to right, and from top to bottom.
    pub fn size(&self) -> (usize, usize) {
        (self.width * 2, self.height * 4)
    }

    /// Draws the dot at a place that counts from the top left.
    pub fn dot(&mut self, x: i64, y: i64, series: usize) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x >= self.width * 2 || y >= self.height * 4 {
            return;
        }
        let signs = self.signs;
        let Some(field) = self.fields.get_mut(y / 4 * self.width + x / 2) else { return };
        if signs {
            field.sign = Some(sign(series));
        } else {
            field.dots |= BITS.get(y % 4).and_then(|line| line.get(x % 2)).copied().unwrap_or(0);
        }
        field.series = series;
    }

    /// Puts a character at the place of a dot.
    pub fn sign(&mut self, x: i64, y: i64, sign: char, series: usize) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        if x < self.width * 2
            && y < self.height * 4
            && let Some(field) = self.fields.get_mut(y / 4 * self.width + x / 2)
        {
            *field = Field { dots: 0, sign: Some(sign), series };
        }
    }

    /// Joins two dots.
    pub fn line(&mut self, from: (i64, i64), to: (i64, i64), series: usize) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let part = step as f64 / steps as f64;
            let x = from.0 as f64 + (to.0 - from.0) as f64 * part;
            let y = from.1 as f64 + (to.1 - from.1) as f64 * part;
            self.dot(x.round() as i64, y.round() as i64, series);
        }
    }

    /// The lines with their colours.
    pub fn lines(&self, room: &Room) -> Vec<String> {
        let line = |fields: &[Field]| {
            let mut text = String::new();
            for field in fields {
                let character = match (field.sign, field.dots) {
                    (Some(sign), _) => sign,
                    (None, 0) => ' ',
                    (None, dots) => char::from_u32(0x2800 + u32::from(dots)).unwrap_or(' '),
                };
                match character {
                    ' ' => text.push(' '),
                    shown => text.push_str(&painted(&shown.to_string(), field.series, room)),
                }
            }
            text
        };
        self.fields.chunks(self.width.max(1)).map(line).collect()
    }
}
