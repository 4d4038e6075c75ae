/** XML of strangers: no DTD, no entities, nothing fetched, bounded in depth and size. */
package io.github.lightmamba.xml;
