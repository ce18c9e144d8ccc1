use algo_trade_bots::{BotState, BotStatus};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{
    Axis, Block, BorderType, Cell, Chart, Dataset, GraphType, Paragraph, Row, Table, TableState,
};
use ratatui::Frame;

use super::app::App;

const TITLE: &str = " Algo Trade - Live Bots ";

pub(super) fn draw(frame: &mut Frame, app: &App) {
    let table_height = u16::try_from(app.bots().len()).unwrap_or(u16::MAX);
    let [table, chart, help] = Layout::vertical([
        // Two borders and a header.
        Constraint::Length(table_height.saturating_add(3)),
        Constraint::Min(3),
        Constraint::Length(1),
    ])
    .areas(frame.area());

    draw_table(frame, app, table);
    draw_chart(frame, app, chart);
    frame.render_widget(help_line(), help);
}

fn draw_table(frame: &mut Frame, app: &App, area: Rect) {
    let header = [
        "Name", "Symbol", "Strategy", "State", "Price", "Position", "Equity",
    ];
    let widths = [
        Constraint::Min(14),
        Constraint::Length(6),
        Constraint::Length(14),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
        Constraint::Length(9),
    ];
    let table = Table::new(app.bots().iter().map(row), widths)
        .header(Row::new(header).bold().dark_gray())
        .row_highlight_style(Style::new().reversed())
        .block(
            panel().title(TITLE.bold()).title(
                Line::from(" demonstration, on paper ")
                    .right_aligned()
                    .dark_gray(),
            ),
        );
    let selected = app.selected().map(|(index, _)| index);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
}

fn row(bot: &BotStatus) -> Row<'_> {
    let state = match bot.state {
        BotState::Running => Span::from("● running").green(),
        BotState::Stopped => Span::from("○ stopped").dark_gray(),
    };
    let price = bot
        .price
        .map_or("-".to_owned(), |price| format!("{price:.2}"));
    Row::new([
        Cell::from(bot.config.name.as_str()),
        Cell::from(bot.config.symbol.as_str()),
        Cell::from(bot.config.strategy.name()),
        Cell::from(state),
        Cell::from(price),
        Cell::from(format!("{:.4}", bot.position)),
        Cell::from(format!("{:.2}", bot.equity)),
    ])
}

fn draw_chart(frame: &mut Frame, app: &App, area: Rect) {
    let points = app.selected_prices();
    let title = app
        .selected()
        .map(|(_, bot)| format!(" {} ", bot.config.symbol))
        .unwrap_or_default();
    let block = panel().title(title);
    if points.len() < 2 {
        let waiting = Paragraph::new("waiting for prices")
            .dark_gray()
            .block(block);
        frame.render_widget(waiting, area);
        return;
    }

    let (low, high) = points
        .iter()
        .fold((f64::MAX, f64::MIN), |(low, high), (_, price)| {
            (low.min(*price), high.max(*price))
        });
    // Some room around the line, and a range even while the price stands still.
    let margin = ((high - low) * 0.1).max(high * 0.0005);
    let (bottom, top) = (low - margin, high + margin);
    let last = points.len().saturating_sub(1) as f64;
    let line = Dataset::default()
        .marker(Marker::Braille)
        .graph_type(GraphType::Line)
        .style(Color::Cyan)
        .data(&points);
    let chart = Chart::new(vec![line])
        .block(block)
        .x_axis(Axis::default().bounds([0.0, last]))
        .y_axis(
            Axis::default()
                .bounds([bottom, top])
                .labels([format!("{bottom:.2}"), format!("{top:.2}")])
                .dark_gray(),
        );
    frame.render_widget(chart, area);
}

fn help_line() -> Line<'static> {
    Line::from(vec![
        " ↑↓".bold(),
        " select  ".into(),
        "s".bold(),
        " start or stop  ".into(),
        "q".bold(),
        " quit".into(),
    ])
}

fn panel() -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(Color::DarkGray)
}

#[cfg(test)]
mod tests {
    use super::*;
    use algo_trade_bots::BotRegistry;
    use ratatui::backend::TestBackend;
    use ratatui::Terminal;

    #[tokio::test]
    async fn the_first_screen_shows_title_and_bots() {
        let mut app = App::default();
        app.update(BotRegistry::demo().await.unwrap().list().await);
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| draw(frame, &app)).unwrap();

        let screen = terminal.backend().to_string();
        for text in [
            "Algo Trade - Live Bots",
            "Trend follower",
            "mean_reversion",
            "running",
        ] {
            assert!(screen.contains(text), "{text} missing:\n{screen}");
        }
    }

    #[test]
    fn a_tiny_or_empty_screen_does_not_panic() {
        for (width, height) in [(1, 1), (5, 2), (20, 3)] {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| draw(frame, &App::default())).unwrap();
        }
    }
}
