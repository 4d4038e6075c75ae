package io.github.lightmamba.torch;

/**
 * A stored, hence mappable, entry of a zip.
 *
 * @param name its path in the archive
 * @param offset the first byte of its content in the file
 * @param size the bytes of its content
 */
record StoredEntry(String name, long offset, long size) {}
