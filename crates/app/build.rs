//! Puts the pages of `docs/errors` into the binary, so that it can say what to do where it says what
//! went wrong.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::env::var("CARGO_MANIFEST_DIR")?;
    let folder = Path::new(&root).join("../../docs/errors");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut pages: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if name != "README" {
            pages.push((name, std::fs::read_to_string(&path)?));
        }
    }
    pages.sort();
    let mut out = String::from("/// Code and page, in the order of the codes.\n");
    writeln!(out, "const PAGES: [(&str, &str); {}] = [", pages.len())?;
    for (code, text) in &pages {
        writeln!(out, "    ({code:?}, {text:?}),")?;
    }
    out.push_str("];\n");
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("pages.rs"), out)?;
    Ok(())
}
