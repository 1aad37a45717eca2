//! How long the engine takes on the generated grid of 540 rows: the fit, its draws, a curve, the decisions, the reading
//! of a table.
//!
//! `cargo bench --bench engine`; the measurements are short, so that the whole run stays under a minute.

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use criterion::{Criterion, SamplingMode, Throughput};
    use ratioscope::decide::allocate::Listed;
    use ratioscope::decide::models::MODELS;
    use ratioscope::decide::{Budget, Choices, Limit};
    use ratioscope::fit::{Options, Session, Study};
    use ratioscope::law::{Axis, Recipe};
    use ratioscope::table::{self, Reading, Table};
    use std::error::Error;
    use std::hint::black_box;
    use std::path::Path;
    use std::time::{Duration, Instant};

    /// Draws behind the intervals, the program's default.
    const DRAWS: usize = 200;
    /// Points of a curve: what a wide chart shows.
    const POINTS: usize = 200;

    /// Opens the grid and measures.
    pub fn main() -> Result<(), Box<dyn Error>> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/examples/generated-grid.csv");
        let bytes = std::fs::read(path)?;
        let table = table::read(&bytes, &Reading::default())?;
        let mut criterion = Criterion::default().configure_from_args();
        reading(&mut criterion, &bytes, table.rows as u64);
        reading_large(&mut criterion)?;
        own_law(&table)?;
        let study = fitting(&mut criterion, &table)?;
        curve(&mut criterion, &study);
        decisions(&mut criterion, &study);
        criterion.final_summary();
        Ok(())
    }

    fn reading(criterion: &mut Criterion, bytes: &[u8], rows: u64) {
        let mut group = criterion.benchmark_group("table");
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(20);
        group.throughput(Throughput::Elements(rows));
        group.bench_function("read", |b| b.iter(|| table::read(black_box(bytes), &Reading::default())));
        group.finish();
    }

    /// Rows of the large table: a tenth of what the README's figure is of, so that a sample is short.
    const LARGE_ROWS: usize = 100_000;

    /// Measures the streaming of a large table, fed piece by piece as the worker does.
    fn reading_large(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
        let text = large(LARGE_ROWS);
        table::read(text.as_bytes(), &Reading::default())?;
        let mut group = criterion.benchmark_group("table");
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(4));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("large", |b| b.iter(|| table::read(black_box(text.as_bytes()), &Reading::default())));
        group.finish();
        Ok(())
    }

    /// A table as `tools/generate_runs.mjs` writes it: a thousand checkpoints a run.
    fn large(rows: usize) -> String {
        use std::fmt::Write;
        let (sizes, ratios) =
            ([494_032_768u64, 1_837_000_000, 3_950_000_000], [0.0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0]);
        let mut text =
            String::from("run,seed,params,tokens,domain_ratio,step,learning_rate,general_loss,domain_loss,note\n");
        for row in 0..rows {
            let (run, step) = (row / 1000, (row % 1000) as f64);
            let (size, ratio) = (sizes[run % 3], ratios[run / 3 % 9]);
            let wobble = 1e-3 * (row as f64 * 12.9898).sin();
            let of_size = (size as f64).powf(-0.34);
            let general = 1.9 + 420.0 * of_size + 0.3 / (1.02f64 - ratio).powf(0.1) + wobble;
            let domain =
                1.1 + 700.0 * of_size + 0.4 / (0.05f64 + ratio).powf(0.2) + 2.0 / (step + 10.0).powf(0.3) + wobble;
            // Writing to a string can't fail.
            let _ = writeln!(
                text,
                "run-{run:05},{},{size},{},{ratio},{},{:.10},{general:.12},{domain:.12},one checkpoint",
                run % 5,
                (step + 1.0) * 20_971_520.0,
                (step + 1.0) * 10.0,
                3e-5 * (1.0 - step / 1000.0),
            );
        }
        text
    }

    /// The D-CPT Law typed by hand against the built-in one: cold fits of both losses in turn, the ratio round by round.
    /// As terms it must stay under five times; on the tape, which the same law needs with a number in it, it may not.
    fn own_law(table: &Table) -> Result<(), Box<dyn Error>> {
        const TYPED: &str = "E + A/N^alpha + B*r^eta/D^beta + C/(r + eps)^gamma";
        const ON_TAPE: &str = "E + A/N^alpha + B*(1*r)^eta/D^beta + C*exp(-gamma*ln(r + eps)) where eps in 0.001..1";
        const ROUNDS: usize = 25;
        let options = Options { draws: 0, ..Options::default() };
        let mut times = [const { Vec::new() }; 3];
        let mut objectives = [0.0; 3];
        for _ in 0..ROUNDS {
            for ((law, times), objective) in ["d-cpt", TYPED, ON_TAPE].into_iter().zip(&mut times).zip(&mut objectives)
            {
                let start = Instant::now();
                let session = Session::new(black_box(table), Some(law), &[], &options)?;
                times.push(start.elapsed().as_secs_f64());
                *objective = session.study().targets.values().map(|fit| fit.quality.objective).sum();
            }
        }
        let quartiles = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            [ROUNDS / 4, ROUNDS / 2, ROUNDS - 1 - ROUNDS / 4].map(|at| values[at])
        };
        // Round by round: what another process takes from one it mostly takes from its neighbours, too.
        let times_as_long = |own: usize| {
            let [low, median, high] = quartiles(times[own].iter().zip(&times[0]).map(|(own, of)| own / of).collect());
            format!("{median:.2} times as long (quartiles {low:.2} to {high:.2}), objective {:.9e}", objectives[own])
        };
        let built_in = 1e3 * quartiles(times[0].clone())[1];
        println!(
            "law of one's own, {ROUNDS} rounds in turns: built in {built_in:.1} ms, objective {:.9e}",
            objectives[0]
        );
        println!("  typed {}", times_as_long(1));
        println!("  on the tape {}", times_as_long(2));
        Ok(())
    }

    /// Measures the fit and its draws; returns the study with all draws for what asks it.
    fn fitting(criterion: &mut Criterion, table: &Table) -> Result<Study, Box<dyn Error>> {
        let options = Options { draws: DRAWS, ..Options::default() };
        let mut group = criterion.benchmark_group("fit");
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(4));
        group.bench_function("both losses, cold", |b| {
            b.iter(|| Session::new(black_box(table), None, &[], &options));
        });
        // The optima are found outside the measurement: what is timed is the draws alone.
        group.measurement_time(Duration::from_secs(20)); // ten samples of two seconds, criterion's least
        group.bench_function("200 paired draws", |b| {
            b.iter_batched(
                || Session::new(table, None, &[], &options),
                |session| session.map(draw),
                criterion::BatchSize::PerIteration,
            );
        });
        group.finish();
        Ok(draw(Session::new(table, None, &[], &options)?).study())
    }

    /// Adds every draw asked for.
    fn draw(mut session: Session) -> Session {
        loop {
            let (done, asked) = session.step();
            if done >= asked {
                return session;
            }
        }
    }

    /// Every decision re-solved on 1,000 draws: the study's own, five times over.
    fn decisions(criterion: &mut Criterion, study: &Study) {
        let mut study = study.clone();
        for fit in study.targets.values_mut() {
            fit.draws = fit.draws.iter().cycle().take(5 * DRAWS).cloned().collect();
            fit.new_run = fit.new_run.iter().cycle().take(5 * DRAWS).copied().collect();
        }
        let studies = [&study];
        let at = Recipe { domain_share: 0.3, size: 1.8e9, tokens: 10e9 };
        let sizes = ["Qwen2.5 0.5B", "Qwen2.5 1.5B", "Qwen2.5 3B", "Qwen2.5 7B", "Qwen2.5 14B"];
        let listed = MODELS.iter().filter(|model| sizes.contains(&model.name));
        let choices = Choices {
            domain_tokens: Some(2e9),
            epochs: 8,
            budget: Some(Budget::Flops(1e21)),
            limit: Limit::Absolute { loss: 2.8 },
            ..Choices::default()
        };
        let models = listed.map(|model| Listed { name: model.name.to_owned(), size: model.size }).collect();
        let among = Choices { models, ..choices.clone() };
        let mut group = criterion.benchmark_group("decide, 1,000 draws");
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(20);
        group.bench_function("trade-off", |b| b.iter(|| choices.trade_off(black_box(at), None).decide(&studies)));
        group.bench_function("limited, 8 passes", |b| {
            b.iter(|| choices.limited(black_box(at), None).map(|ask| ask.decide(&studies)));
        });
        group.bench_function("allocate under a limit", |b| {
            b.iter(|| choices.allocate(black_box(at), None).map(|ask| ask.decide(&studies)));
        });
        group.bench_function("allocate under a limit, five sizes listed", |b| {
            b.iter(|| among.allocate(black_box(at), None).map(|ask| ask.decide(&studies)));
        });
        group.bench_function("frontier", |b| b.iter(|| choices.frontier(black_box(at), None).decide(&studies)));
        group.bench_function("tasks", |b| b.iter(|| choices.tasks(black_box(at)).decide(&studies)));
        group.finish();
    }

    fn curve(criterion: &mut Criterion, study: &Study) {
        let at = Recipe { domain_share: 0.3, size: 1.8e9, tokens: 10e9 };
        let shares: Vec<f64> = (0..POINTS).map(|i| i as f64 / (POINTS - 1) as f64).collect();
        let mut group = criterion.benchmark_group("curve");
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(20);
        for (name, fit) in &study.targets {
            group.bench_function(format!("200 points with bands, {name}"), |b| {
                b.iter(|| fit.curve(Axis::Ratio, black_box(at), &shares, study.options.level));
            });
        }
        group.finish();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    native::main()
}

/// Nothing to measure in a browser: the engine's benchmarks are native.
#[cfg(target_arch = "wasm32")]
fn main() {}
