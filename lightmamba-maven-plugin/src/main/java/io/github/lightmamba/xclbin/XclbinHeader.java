package io.github.lightmamba.xclbin;

import java.util.UUID;

/**
 * What the file's header says.
 *
 * @param length bytes of the file without a signature
 * @param timeStamp when it was made, seconds since 1970
 * @param version of the format's writer, for example {@code 2.13.0}
 * @param mode what it was built for
 * @param interfaceUuid the interface of the shell that it needs; zero, if the header does not say
 * @param platform vendor, board, name and version of the platform
 * @param uuid of this file
 * @param signatureBytes bytes of a signature after the content; 0 without one
 */
public record XclbinHeader(
    long length,
    long timeStamp,
    String version,
    XclbinMode mode,
    UUID interfaceUuid,
    String platform,
    UUID uuid,
    long signatureBytes) {}
