import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { Choice } from '../parts/Choice.tsx';
import { SecretField } from '../parts/SecretField.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useTheme } from '../theme.tsx';
import type { Row } from './rows.ts';

/** One row of the right pane. */
export function PaneRow({ row, width }: { readonly row: Row; readonly width: number }): ReactNode {
  switch (row.kind) {
    case 'blank':
      return <Text> </Text>;
    case 'text':
      return <Words row={row} />;
    case 'note':
      return <Note row={row} />;
    case 'line':
      return <Line row={row} />;
    case 'field':
      return <Entry row={row} width={width} />;
    case 'option':
      return (
        <Box paddingLeft={4}>
          <Choice label={row.label} hint={row.hint} focused={row.focused} />
        </Box>
      );
  }
}

function Words({ row }: { readonly row: Extract<Row, { kind: 'text' }> }): ReactNode {
  const { tone } = useTheme();
  return (
    <Text {...tone(row.tone)} wrap="truncate">
      {row.text}
    </Text>
  );
}

function Note({ row }: { readonly row: Extract<Row, { kind: 'note' }> }): ReactNode {
  const { tone } = useTheme();
  return (
    <Text wrap="truncate">
      <Text {...tone(row.tone === 'plain' ? 'warn' : 'dim')}>{row.sign} </Text>
      <Text {...tone(row.tone)}>{row.text}</Text>
    </Text>
  );
}

function Line({ row }: { readonly row: Extract<Row, { kind: 'line' }> }): ReactNode {
  const { tone } = useTheme();
  return (
    <Text wrap="truncate-end">
      <Text {...tone(row.focused ? 'accent' : 'warn')}>{row.mark} </Text>
      <Text {...tone(row.focused ? 'accent' : 'plain')}>{row.title}</Text>
      <Text {...tone(row.tone)}>{row.value}</Text>
      <Text {...tone(row.checkTone)}>{row.check}</Text>
      <Text {...tone('dim')}>{row.right}</Text>
    </Text>
  );
}

function Entry({ row, width }: { readonly row: Extract<Row, { kind: 'field' }>; readonly width: number }): ReactNode {
  const { glyphs, tone } = useTheme();
  const room = Math.max(4, width - row.title.length - 4);
  return (
    <Box>
      <Text {...tone('accent')}>
        {glyphs.current} {row.title}
        {'  '}
      </Text>
      {row.secret ? <SecretField field={row.field} width={room} /> : <TextField field={row.field} width={room} />}
    </Box>
  );
}
