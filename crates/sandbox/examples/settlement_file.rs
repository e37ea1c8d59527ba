//! Writes one settlement report of any size, for benches: a V2 flat file of a US seller.
//!
//! `cargo run --release --package sandbox --example settlement_file -- ROWS SEED OUT`

use std::env;
use std::error::Error;
use std::fs::File;

use sandbox::amazon::history::{Setting, write_settlement};

fn main() -> Result<(), Box<dyn Error>> {
    let said: Vec<String> = env::args().skip(1).collect();
    let [rows, seed, out] = said.as_slice() else {
        return Err("three words are needed: ROWS SEED OUT".into());
    };
    // The generator writes in large pieces, so the file needs no buffer.
    write_settlement(File::create(out)?, rows.parse()?, seed.parse()?, Setting::Us)?;
    Ok(())
}
