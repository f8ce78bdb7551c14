const express = require('express')
const jwt = require('jsonwebtoken')
const crypto = require('crypto')

const app = express()
const secret = process.env.CLINIC_SECRET

app.post('/login', express.json(), (request, response) => {
  const { card } = request.body
  const id = crypto.createHash('md5').update(card).digest('hex')
  response.json({ token: jwt.sign({ id }, secret, { algorithm: 'HS256', expiresIn: '2h' }) })
})

app.get('/bookings', (request, response) => {
  try {
    const { id } = jwt.verify(request.headers.authorization, secret, { algorithms: ['HS256'] })
    response.json({ id, bookings: [] })
  } catch (error) {
    response.status(401).json({ error: error.message })
  }
})

module.exports = app
