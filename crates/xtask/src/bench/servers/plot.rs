//! The figures as a picture: SVG that follows the reader's choice of light or dark.

use std::fmt::Write as _;

use super::Row;
use super::growth::Growth;

const WIDTH: f64 = 760.0;
const ROW: f64 = 30.0;
const LEFT: f64 = 190.0;
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1c1e21}.soft{fill:#62676f}.bar{fill:#9db3e8}.ours{fill:#2c55c4}\
.line{fill:none;stroke:#2c55c4;stroke-width:2}.two{stroke:#9a6a00}.dot{fill:#2c55c4}.dot.two{fill:#9a6a00;stroke:none}.grid{stroke:#e4e1db}\
.paper{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#e7e6e2}.soft{fill:#9ba1aa}.bar{fill:#46537a}.ours{fill:#8fb0ff}.line{stroke:#8fb0ff}\
.two{stroke:#e0b04a}.dot{fill:#8fb0ff}.dot.two{fill:#e0b04a}.grid{stroke:#2d3138}.paper{fill:#1b1e23}}";

/// Bars of all servers, and below them the cost of a delivery of ours.
pub(super) fn render(rows: &[Row], growth: &Growth) -> String {
    let bars = 44.0 + ROW * rows.len() as f64;
    let height = bars + 260.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Deliveries per second of a processor, by server; cost of a delivery by members and rooms\">\
         <style>{STYLE}</style><rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>{}{}</svg>\n",
        servers(rows),
        lines(growth, bars)
    )
}

fn servers(rows: &[Row]) -> String {
    let most = rows
        .iter()
        .map(|row| row.fanout.per_cpu_second)
        .fold(1.0, f64::max);
    let mut out = String::from(
        "<text x=\"16\" y=\"24\" font-weight=\"600\">Deliveries per second of a processor, thousands</text>",
    );
    for (index, row) in rows.iter().enumerate() {
        let y = 40.0 + ROW * index as f64;
        let width = (WIDTH - LEFT - 80.0) * row.fanout.per_cpu_second / most;
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "<text class=\"soft\" x=\"{0}\" y=\"{1:.1}\" text-anchor=\"end\">{2}</text>\
             <rect class=\"{3}\" x=\"{LEFT}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"20\" rx=\"3\"/>\
             <text x=\"{4:.1}\" y=\"{1:.1}\">{5:.0}</text>",
            LEFT - 10.0,
            y + 15.0,
            row.name,
            if index == 0 { "ours" } else { "bar" },
            LEFT + width + 8.0,
            row.fanout.per_cpu_second / 1_000.0
        );
    }
    out
}

/// Both lines on one logarithmic axis, from 1 to 10 000.
fn lines(growth: &Growth, top: f64) -> String {
    let all = growth.members.iter().chain(&growth.rooms);
    let most = all.map(|(_, cost)| *cost).fold(0.1, f64::max) * 1.15;
    let x = |number: u32| 64.0 + (WIDTH - 100.0) * f64::from(number).log10() / 4.0;
    let y = |cost: f64| top + 215.0 - 160.0 * cost / most;
    let mut out = format!(
        "<text x=\"16\" y=\"{:.1}\" font-weight=\"600\">Microseconds of a processor for one delivery of ours</text>",
        top + 28.0
    );
    for power in 0..=4 {
        let number = 10_u32.pow(power);
        let _ = write!(
            out,
            "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{number}</text>",
            x(number),
            top + 236.0
        );
    }
    for level in [0.0, most / 2.0, most] {
        let _ = write!(
            out,
            "<path class=\"grid\" d=\"M64 {0:.1}H{1}\"/><text class=\"soft\" x=\"56\" y=\"{2:.1}\" text-anchor=\"end\">{level:.1}</text>",
            y(level),
            WIDTH - 16.0,
            y(level) + 4.0
        );
    }
    for (points, class, name, at) in [
        (&growth.members, "", "members of one room", 64.0),
        (&growth.rooms, " two", "rooms of two", 260.0),
    ] {
        let path: Vec<String> = points
            .iter()
            .map(|(number, cost)| format!("{:.1} {:.1}", x(*number), y(*cost)))
            .collect();
        if path.len() > 1 {
            let _ = write!(
                out,
                "<path class=\"line{class}\" d=\"M{}\"/>",
                path.join("L")
            );
        }
        for (number, cost) in points {
            let _ = write!(
                out,
                "<circle class=\"dot{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"/>",
                x(*number),
                y(*cost)
            );
        }
        let _ = write!(
            out,
            "<circle class=\"dot{class}\" cx=\"{at}\" cy=\"{0:.1}\" r=\"4\"/><text class=\"soft\" x=\"{1}\" y=\"{2:.1}\">{name}</text>",
            top + 250.0,
            at + 12.0,
            top + 254.0
        );
    }
    out
}
