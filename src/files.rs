//! Files written whole or not at all.
//!
//! Layer 0. A file is written beside its place and then moved there, so that it is never half written, and what
//! stood there before stays when writing fails.

use crate::error::{Error, Result};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Makes a folder and those above it.
///
/// # Errors
/// [`Error::Write`] when it cannot be made, or something that is no folder is in its place.
pub fn folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|source| Error::Write { path: path.into(), source })
}

/// Finds out whether a folder can be written to, by making a file in it and taking it away again.
///
/// # Errors
/// [`Error::Write`] with the reason of the system.
pub fn check_writable(folder: &Path) -> Result<()> {
    beside(&folder.join("result.json")).map(drop)
}

/// Writes a file.
///
/// # Errors
/// [`Error::Write`] with the reason of the system; what stood there before still stands.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    write_all(&[(path.to_path_buf(), content.to_vec())])
}

/// Writes several files: all are written out before the first one takes its place, so that a full disk or a folder in the
/// way changes nothing.
///
/// # Errors
/// [`Error::Write`] with the reason of the system; what stood there before still stands.
pub fn write_all(files: &[(PathBuf, Vec<u8>)]) -> Result<()> {
    let fail = |path: &Path, source: std::io::Error| Error::Write { path: path.into(), source };
    let mut ready = Vec::with_capacity(files.len());
    for (path, content) in files {
        if path.is_dir() {
            return Err(fail(path, std::io::ErrorKind::IsADirectory.into()));
        }
        let mut file = beside(path)?;
        file.write_all(content).map_err(|source| fail(path, source))?;
        file.as_file().sync_all().map_err(|source| fail(path, source))?;
        ready.push((path, file));
    }
    for (path, file) in ready {
        file.persist(path).map_err(|e| fail(path, e.error))?;
    }
    Ok(())
}

/// A temporary file in the folder of a path, to be moved there with `persist` once it is complete.
pub(crate) fn beside(path: &Path) -> Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plancast-");
    // Readable as any other file that the user writes, not by its owner alone.
    #[cfg(unix)]
    let permissions = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempfile_in(folder).map_err(|source| Error::Write { path: path.into(), source })
}
