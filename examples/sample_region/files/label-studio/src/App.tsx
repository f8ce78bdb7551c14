import { useMemo } from 'react'
import { Button, List } from 'antd'
import { create } from 'zustand'

type Label = { id: number; text: string }

const useLabels = create<{ labels: Label[]; add: (text: string) => void }>((set) => ({
  labels: [],
  add: (text) => set((state) => ({ labels: [...state.labels, { id: state.labels.length, text }] })),
}))

export default function App() {
  const { labels, add } = useLabels()
  const title = useMemo(() => `${labels.length} labels`, [labels])
  return (
    <List
      header={title}
      dataSource={labels}
      renderItem={(label) => <List.Item>{label.text}</List.Item>}
      footer={<Button onClick={() => add('结节')}>+</Button>}
    />
  )
}
