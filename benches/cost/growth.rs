//! How costs grow with the repository: curves of instructions, drawn and with their data.

use std::path::Path;
use std::process::ExitCode;

use plotters::prelude::*;

use crate::hooks::{Desk, Size};
use crate::measure::instructions;
use crate::status;

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/growth");

const MESSAGE: &str = "[CHECKPOINT] One step\n";

/// One curve.
struct Curve {
    name: &'static str,
    /// Size and millions of instructions.
    points: Vec<(f64, f64)>,
}

impl Curve {
    /// By which power of the size the cost grows, at the end of the curve.
    fn slope(&self) -> f64 {
        let [.., (x, y), (last_x, last_y)] = self.points[..] else { return 0.0 };
        (last_y / y).ln() / (last_x / x).ln()
    }
}

/// Draws them all.
pub fn run() -> ExitCode {
    std::fs::create_dir_all(DIRECTORY).expect("a directory");
    draw("files", "files of the repository", &files());
    draw("tasks", "tasks of the plan", &tasks());
    draw("commits", "commits of the branch, each with a record", &commits());
    ExitCode::SUCCESS
}

fn files() -> Vec<Curve> {
    let sizes = [1_000, 8_000, 64_000, 500_000];
    let counts = sizes.map(|files| {
        let desk = Desk::build(Size { files, tasks: 2 });
        desk.stage(1);
        (files, instructions(&desk.hook("pre-commit", MESSAGE)), instructions(&desk.diff()))
    });
    vec![
        Curve { name: "pre-commit", points: counts.map(|(size, ours, _)| (size as f64, ours)).into() },
        Curve { name: "git diff --cached", points: counts.map(|(size, _, git)| (size as f64, git)).into() },
    ]
}

fn tasks() -> Vec<Curve> {
    let hook = |tasks| {
        let desk = Desk::build(Size { files: 200, tasks });
        desk.stage(1);
        (tasks as f64, instructions(&desk.hook("pre-commit", MESSAGE)))
    };
    let overview = |tasks| {
        let bed = status::build(tasks, 5);
        instructions(&status::status(&bed));
        let (ours, git) = (instructions(&status::status(&bed)), instructions(&status::for_each_ref(&bed)));
        (tasks as f64, ours, git)
    };
    let overviews = [10, 60, 350, 2_000].map(overview);
    vec![
        Curve { name: "pre-commit", points: [10, 60, 350, 2_000].map(hook).into() },
        Curve { name: "status", points: overviews.map(|(size, ours, _)| (size, ours)).into() },
        Curve { name: "git for-each-ref", points: overviews.map(|(size, _, git)| (size, git)).into() },
    ]
}

fn commits() -> Vec<Curve> {
    let mut desk = Desk::build(Size { files: 200, tasks: 2 });
    let sizes = [10, 80, 640, 5_000];
    let hook = sizes.map(|own| {
        desk.advance(own);
        desk.stage(1);
        (own as f64, instructions(&desk.hook("pre-commit", MESSAGE)))
    });
    let overview = |commits| {
        let bed = status::build(10, commits);
        instructions(&status::status(&bed));
        (commits as f64, instructions(&status::status(&bed)))
    };
    vec![
        Curve { name: "pre-commit", points: hook.into() },
        Curve { name: "status of 10 tasks", points: sizes.map(overview).into() },
    ]
}

/// Writes the data and the drawing, and says the slopes.
fn draw(name: &str, what: &str, curves: &[Curve]) {
    let mut data = String::from("curve,size,million_instructions\n");
    for curve in curves {
        println!("{:24} against {what}: slope {:.2} at the end", curve.name, curve.slope());
        for (size, cost) in &curve.points {
            data += &format!("{},{size},{cost:.2}\n", curve.name);
        }
    }
    let place = Path::new(DIRECTORY);
    std::fs::write(place.join(format!("{name}.csv")), data).expect("a written file");
    plot(&place.join(format!("{name}.svg")), what, curves).expect("a drawing");
}

fn plot(file: &Path, what: &str, curves: &[Curve]) -> Result<(), Box<dyn std::error::Error>> {
    let all = || curves.iter().flat_map(|curve| curve.points.iter().copied());
    let ends = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::MAX, 0.0), |(low, high): (f64, f64), value| (low.min(value), high.max(value)))
    };
    let (left, right) = ends(&mut all().map(|(size, _)| size));
    let (low, high) = ends(&mut all().map(|(_, cost)| cost));
    let area = SVGBackend::new(file, (720, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d((left..right).log_scale(), (low / 2.0..high * 2.0).log_scale())?;
    chart.configure_mesh().x_desc(what).y_desc("million instructions").draw()?;
    for (number, curve) in curves.iter().enumerate() {
        let colour = Palette99::pick(number).to_rgba();
        let label = format!("{}, slope {:.2}", curve.name, curve.slope());
        let line = LineSeries::new(curve.points.iter().copied(), colour.stroke_width(2)).point_size(3);
        let key = move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2));
        chart.draw_series(line)?.label(label).legend(key);
    }
    chart.configure_series_labels().border_style(BLACK).background_style(WHITE).draw()?;
    area.present()?;
    Ok(())
}
