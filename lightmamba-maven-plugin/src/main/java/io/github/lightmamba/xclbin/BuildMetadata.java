package io.github.lightmamba.xclbin;

import java.util.Optional;

/**
 * Who made a file; section {@code BUILD_METADATA}.
 *
 * @param tool for example {@code v++}
 * @param version for example {@code 2022.2}
 * @param build the tool's change list
 * @param options what the tool was called with
 * @param board of the platform, for example {@code u280}
 */
public record BuildMetadata(
    Optional<String> tool,
    Optional<String> version,
    Optional<String> build,
    Optional<String> options,
    Optional<String> board) {}
