//! Writes the committed tenant under `testdata/`: `cargo run -p kql-tenant --example write_tenant [FOLDER]`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use kql_tenant::{File, Options, tenant};

fn main() -> io::Result<()> {
    let root = env::args()
        .nth(1)
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), PathBuf::from);
    let tenant = tenant(&Options::default());
    write(&root.join("tenant/quiet"), &tenant.quiet)?;
    write(&root.join("tenant/attacks"), &tenant.attacks)?;
    fs::write(root.join("tenant-truth.json"), tenant.truth)
}

fn write(folder: &Path, files: &[File]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    files.iter().try_for_each(|file| fs::write(folder.join(format!("{}.gz", file.name)), file.gzip()?))
}
