package io.github.lightmamba.pipeline;

/**
 * Who runs a stage; noted in the manifest, no part of the fingerprint.
 *
 * @param pluginVersion for example {@code 0.1.0-SNAPSHOT}
 * @param session tells one Maven run from another
 * @param execution the execution for people, for example {@code quantize@w8 of com.example:model}
 */
public record Origin(String pluginVersion, String session, String execution) {}
