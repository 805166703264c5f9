//! A plot over time, as SVG that stands in the page itself.

use std::fmt::Write as _;

use crate::output::html::text;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
/// Room for the figures of the axes: to the left, below, above and to the right.
const LEFT: f64 = 64.0;
const BELOW: f64 = 24.0;
const ABOVE: f64 = 12.0;
const RIGHT: f64 = 12.0;

/// One line: its class, its name, and points of seconds and value.
pub struct Curve {
    pub class: &'static str,
    pub name: &'static str,
    pub points: Vec<(f64, f64)>,
}

/// A figure with a title, all curves on one scale from zero, and a legend. Empty where there is nothing to see.
pub fn plot(title: &str, unit: &str, curves: &[Curve]) -> String {
    let all = || curves.iter().flat_map(|curve| &curve.points);
    let seconds = all().map(|(at, _)| *at).fold(0.0, f64::max);
    let most = all().map(|(_, value)| *value).fold(0.0, f64::max);
    if all().count() < 2 || seconds <= 0.0 {
        return String::new();
    }
    let (top, step) = scale(most);
    let x = |at: f64| LEFT + (WIDTH - LEFT - RIGHT) * at / seconds;
    let y = |value: f64| HEIGHT - BELOW - (HEIGHT - BELOW - ABOVE) * value / top;
    let mut svg = format!(
        "<svg class=plot viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=img aria-label=\"{}\">",
        text(&format!(
            "{title} over {seconds:.0} seconds; at most {} {unit}",
            figure(most)
        ))
    );
    // Writing to a string cannot fail.
    let mut level = 0.0;
    while level <= top * 1.001 {
        let _ = write!(
            svg,
            "<path class=grid d=\"M{LEFT} {0:.1}H{1}\"/><text class=axis x={2} y={3:.1} text-anchor=end>{4}</text>",
            y(level),
            WIDTH - RIGHT,
            LEFT - 8.0,
            y(level) + 4.0,
            figure(level)
        );
        level += step;
    }
    let (last, every) = scale(seconds);
    let mut at = 0.0;
    while at <= last.min(seconds) {
        let _ = write!(
            svg,
            "<text class=axis x={:.1} y={} text-anchor=middle>{} s</text>",
            x(at),
            HEIGHT - 6.0,
            figure(at)
        );
        at += every;
    }
    for curve in curves {
        let points: Vec<String> = curve
            .points
            .iter()
            .map(|(at, value)| format!("{:.1} {:.1}", x(*at), y(*value)))
            .collect();
        if let [_, _, ..] = points.as_slice() {
            let _ = write!(
                svg,
                "<path class=\"curve {}\" d=\"M{}\"/>",
                curve.class,
                points.join("L")
            );
        }
    }
    svg += "</svg>";
    let legend: String = curves
        .iter()
        .map(|curve| format!("<li class={}>{}</li>", curve.class, text(curve.name)))
        .collect();
    format!(
        "<figure class=chart><figcaption>{} <span>{}</span></figcaption>{svg}<ul class=curves>{legend}</ul></figure>",
        text(title),
        text(unit)
    )
}

/// A round top at or above `most`, and round steps to it.
fn scale(most: f64) -> (f64, f64) {
    let most = if most > 0.0 { most } else { 1.0 };
    let power = 10_f64.powf((most / 4.0).log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| step * 4.0 >= most)
        .unwrap_or(10.0 * power);
    ((most / step).ceil() * step, step)
}

fn figure(value: f64) -> String {
    let trimmed = |value: f64, unit: &str| {
        let text = format!("{value:.2}");
        format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
    };
    match value {
        v if v >= 1e6 => trimmed(v / 1e6, " M"),
        v if v >= 1e3 => trimmed(v / 1e3, " k"),
        v => trimmed(v, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::{Curve, figure, plot, scale};

    #[test]
    fn scales_are_round() {
        assert_eq!(scale(93.0), (100.0, 25.0));
        assert_eq!(scale(7.0), (8.0, 2.0));
        assert_eq!(figure(1_500.0), "1.5 k");
        assert_eq!(figure(0.0), "0");
    }

    #[test]
    fn a_curve_stays_within_its_plot() {
        let curve = Curve {
            class: "one",
            name: "it",
            points: vec![(0.0, 0.0), (1.0, 10.0), (2.0, 5.0)],
        };
        let svg = plot("title", "unit", &[curve]);
        assert!(
            svg.contains("d=\"M64.0 196.0L386.0 12.0L708.0 104.0\""),
            "{svg}"
        );
        assert_eq!(plot("title", "unit", &[]), "");
    }
}
