package io.github.lightmamba.mojo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The cache of results lies")
class CacheDirectoryTest {
  @TempDir private Path home;

  @Test
  @DisplayName("where the parameter says, before all")
  void parameter() {
    Map<String, String> environment = Map.of("XDG_CACHE_HOME", home.resolve("xdg").toString());
    assertThat(CacheDirectory.of(home.resolve("mine").toFile(), environment, home.toString()))
        .contains(home.resolve("mine"));
    assertThat(CacheDirectory.of(new File(" "), environment, home.toString()))
        .contains(home.resolve("xdg/lightmamba"));
  }

  @Test
  @DisplayName("where XDG_CACHE_HOME says, if that is absolute")
  void environment() {
    assertThat(CacheDirectory.of(null, Map.of("XDG_CACHE_HOME", home + "/xdg"), home + "/me"))
        .contains(home.resolve("xdg/lightmamba"));
    for (String useless : new String[] {"", "cache"}) {
      assertThat(CacheDirectory.of(null, Map.of("XDG_CACHE_HOME", useless), home.toString()))
          .contains(home.resolve(".cache/lightmamba"));
    }
  }

  @Test
  @DisplayName("in the home folder, and nowhere without one")
  void home() {
    assertThat(CacheDirectory.of(null, Map.of(), home.toString())).contains(home.resolve(".cache/lightmamba"));
    assertThat(CacheDirectory.of(null, Map.of(), "?")).isEmpty();
    assertThat(CacheDirectory.of(null, Map.of(), null)).isEmpty();
  }
}
