package io.github.lightmamba.pipeline;

/**
 * One file of a stage's folder.
 *
 * @param path its path below the folder, with slashes
 * @param size its length in bytes
 * @param sha256 the digest of its content
 */
public record Output(String path, long size, String sha256) {}
