package io.github.lightmamba.bitstream;

import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.vitis.Card;
import io.github.lightmamba.vitis.CardSearch;
import io.github.lightmamba.vitis.Platform;
import io.github.lightmamba.vitis.PlatformInterfaces;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the cards of a board that are here run the shell that a platform builds for: a bitstream for another shell is
 * refused when it is loaded, after hours of link.
 */
public final class ShellCheck {
  private ShellCheck() {}

  /**
   * Compares.
   *
   * @param board the board
   * @param tools of the build; its platform is missing only if it is the board's own and every card here has another
   *     interface; who names a platform may build for a card elsewhere
   * @param search the cards of this machine
   */
  public static Check of(BoardProfile board, BuildTools tools, CardSearch search) {
    Platform platform = tools.platform();
    String name = name(board);
    List<Card> cards = search.cards().stream().filter(card -> isA(card, board)).toList();
    if (cards.isEmpty()) {
      String why = search.silence().isEmpty() ? "no card here is one" : search.silence();
      return Check.unchecked(
          name, why, "where the card is, compare its shell (xrt-smi examine) with the platform " + platform.name());
    }
    Set<String> offered = PlatformInterfaces.of(platform);
    boolean known = !offered.isEmpty() && cards.stream().noneMatch(card -> card.interfaces().isEmpty());
    List<Card> fitting = cards.stream().filter(card -> fits(card, platform, known ? offered : Set.of())).toList();
    String by = known ? "by its interface UUID" : "by its name; the UUIDs are not both known";
    if (!fitting.isEmpty()) {
      String found = lines(fitting) + ", the shell of the platform " + by;
      return fitting.stream().anyMatch(Card::ready)
          ? Check.good(name, found)
          : Check.doubtful(name, found, "load its shell (xbmgmt program --shell), or reset the card");
    }
    String found = lines(cards) + "; that is not the shell of the platform " + platform.name() + " " + by;
    String fix =
        "program the card with the platform's shell (xbmgmt program --base, after a cold start --shell), or choose the"
            + " platform of the card's shell with platform; if the bitstream is for a card elsewhere, name the platform"
            + " with platform, too";
    return known && !tools.platformNamed() ? Check.missing(name, found, fix) : Check.doubtful(name, found, fix);
  }

  /** Returns the name of the check. */
  public static String name(BoardProfile board) {
    return "shell of the " + board.name();
  }

  private static boolean isA(Card card, BoardProfile board) {
    return card.shell().contains("_" + board.name() + "_");
  }

  private static boolean fits(Card card, Platform platform, Set<String> offered) {
    return offered.isEmpty()
        ? PlatformName.shell(card.shell()).equals(PlatformName.shell(platform.name()))
        : card.interfaces().stream().anyMatch(offered::contains);
  }

  private static String lines(List<Card> cards) {
    return cards.stream().map(Card::line).collect(Collectors.joining("; "));
  }
}
